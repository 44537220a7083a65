import path from 'node:path';
import { ORGANIZATION_HEADER } from '../http';
import type { HttpService } from './http-service';
import { SAMPLE_ORGANIZATION, sampleRequest } from './sample';

const DOCUMENT = 'Budgets hold money before it is spent. What an agent spends is charged. What is left returns to the budget.';

/** A call of the sample agent over HTTP, for a POSIX shell; it costs a small part of what the first runs did. */
export function curlOf({ url, adminKeyFile }: HttpService, agentId: string): string {
  const { input } = sampleRequest(agentId, DOCUMENT, 'Budgets');
  return [
    `curl -sS ${url}/api/v1/external-agents/${agentId}/invoke`,
    `-H "Authorization: Bearer $(cat ${quoted(shortest(adminKeyFile))})"`,
    `-H '${ORGANIZATION_HEADER}: ${SAMPLE_ORGANIZATION}'`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify({ input }))}`,
    String.raw`-w '\n'`,
  ].join(' ');
}

function shortest(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
