/** Where a run is seen in Temporal's Web UI; null where we do not know that. */
export function linkTo({ webUi, namespace }: { webUi: string | null; namespace: string }, workflowId: string): string | null {
  return webUi === null ? null : `${webUi}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
