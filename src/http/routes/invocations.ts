import { z } from 'zod';
import type { InvocationDescription } from '../../client';
import { invocationWorkflowId } from '../../contract/names/workflows';
import { key } from '../../contract/schemas/primitives';
import { organizationOf, type Api, type ApiContext } from '../context';
import type { ApiDeps } from '../deps';
import { invocationJson, lastReceipt, type InvocationJson } from '../invocation-mapping';
import { notFound } from '../problem';
import { isWithin } from '../reach';
import { route } from '../route';
import { json } from '../schemas/common';
import { invocation } from '../schemas/invocations';
import { problems } from '../schemas/problem';

const TAGS = ['Invocations'];
const params = z.object({ invocation_id: key });

const read = route('get /api/v1/invocations/{invocation_id}', {
  tags: TAGS,
  summary: 'An invocation',
  request: { params },
  responses: { 200: json('How it stands, or ended', invocation), ...problems(404) },
});

const cancel = route('post /api/v1/invocations/{invocation_id}/cancel', {
  tags: TAGS,
  summary: 'Asks an invocation to stop',
  description: 'What its agent has cost by then is charged, the rest of its hold given back. One that has ended stays as it is.',
  request: { params },
  responses: { 202: json('How it stands now', invocation), ...problems(404) },
});

const OUTPUT_PATIENCE_MS = 5_000;

export function invocationRoutes(api: Api, { invocations, webUiLink }: ApiDeps): void {
  async function described(c: ApiContext, invocationId: string): Promise<InvocationDescription> {
    const found = await invocations.describe(invocationWorkflowId(organizationOf(c), invocationId));
    const principal = c.get('principal');
    // A run that does not say whom it is for is not shown to a pinned key.
    const isMine = found.call === null ? principal.teamId === null && principal.userId === null : isWithin(found.call, principal);
    if (!isMine) throw notFound('There is no such invocation');
    return found;
  }

  async function shown(found: InvocationDescription): Promise<InvocationJson> {
    const isCompleted = lastReceipt(found)?.status === 'completed';
    const result = isCompleted ? await invocations.result(found.workflowId, AbortSignal.timeout(OUTPUT_PATIENCE_MS)) : null;
    return invocationJson(found, result?.output ?? null, webUiLink(found.workflowId));
  }

  api.openapi(read, async (c) => c.json(await shown(await described(c, c.req.valid('param').invocation_id)), 200));

  api.openapi(cancel, async (c) => {
    const found = await described(c, c.req.valid('param').invocation_id);
    if (found.status === 'RUNNING') await invocations.cancel(found.workflowId);
    return c.json(await shown(found.status === 'RUNNING' ? await invocations.describe(found.workflowId) : found), 202);
  });
}
