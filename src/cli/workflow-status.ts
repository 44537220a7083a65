/** Whether Temporal said that it knows no such workflow. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}

/** Temporal's word for it as ours are written: `TIMED_OUT` is `timed_out`. */
export function statusOf(status: string): string {
  return status === 'CANCELED' ? 'cancelled' : status.toLowerCase();
}
