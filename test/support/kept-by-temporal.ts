import { Client, type Connection } from '@temporalio/client';

/** All that the server keeps of a run, as it keeps it: history, memo, search attributes, metadata; payloads as the text that they are. */
export async function keptByTemporal(connection: Connection, workflowId: string, runId?: string): Promise<string> {
  const execution = { workflowId, ...(runId !== undefined && { runId }) };
  const described = await connection.workflowService.describeWorkflowExecution({ namespace: 'default', execution });
  return JSON.stringify(readable([await historyOf(connection, workflowId, runId), described]));
}

export const historyOf = (connection: Connection, workflowId: string, runId?: string) =>
  new Client({ connection }).workflow.getHandle(workflowId, runId).fetchHistory();

/** The runs that a query finds, without reading what a codec may have written. */
export async function foundBy(connection: Connection, query: string): Promise<{ workflowId: string; runId: string }[]> {
  const { executions } = await connection.workflowService.listWorkflowExecutions({ namespace: 'default', query });
  return executions.map(({ execution }) => ({ workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' }));
}

/** Where in what is kept there are payloads that nothing has encrypted. */
export function clearPayloadsIn(kept: unknown, where = ''): string[] {
  if (typeof kept !== 'object' || kept === null) return [];
  const { encoding } = ('metadata' in kept ? (kept.metadata ?? {}) : {}) as { readonly encoding?: string };
  const own = encoding === undefined || encoding === 'binary/encrypted' ? [] : [where];
  return [...own, ...Object.entries(kept).flatMap(([name, inner]) => clearPayloadsIn(inner, `${where}.${name}`))];
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner)]));
}
