import type { ActivityOptions } from '@temporalio/workflow';
import { summaryOf } from '../src/contract/names/summary';
import type { InvocationRequest, RunPlan } from '../src/contract/payloads/invocation';

/** How the activity that runs an agent is run. */
export function agentOptions(
  { agentId, organizationId }: InvocationRequest,
  { model, platform, timeoutMs, maxAttempts }: RunPlan,
): ActivityOptions {
  return {
    summary: summaryOf(`Run ${agentId} (${model ?? platform}) for ${organizationId}`),
    // The activity itself ends an agent at its time-out. It may take longer to record what that cost: a ledger that is away
    // must not make the try time out, and run a paid agent again.
    startToCloseTimeout: timeoutMs + 86_400_000,
    heartbeatTimeout: '15s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { maximumAttempts: maxAttempts, initialInterval: '500ms', maximumInterval: '30s' },
  };
}
