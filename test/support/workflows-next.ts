import { patched, sleep } from '@temporalio/workflow';
import type { InvocationRequest, InvocationResult } from '../../src/contract/payloads/invocation';
import { agentInvocation as before } from '../../workflows';

export * from '../../workflows';

/** The next version of the workflow, changed by the rules: what it does anew is behind a patch. */
export async function agentInvocation(request: InvocationRequest): Promise<InvocationResult> {
  if (patched('next-version')) await sleep(1);
  return before(request);
}
