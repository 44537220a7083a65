import { AgentFailure, AgentFailureCode, type AgentCall } from './agent';

/** The same failure, with what is known of its bill. */
export function withBilling(failure: AgentFailure, mayHaveBeenBilled: boolean): AgentFailure {
  const { code, message, isRetryable, costUsd, retryAfterMs, cause } = failure;
  return new AgentFailure(code, message, { isRetryable, mayHaveBeenBilled, costUsd, retryAfterMs, cause });
}

/** Runs what comes before an agent is asked. However that ends, time-out and cancellation included, nothing was billed. */
export async function beforeBilling<Result>(agentId: string, { signal }: Pick<AgentCall, 'signal'>, step: () => Promise<Result>) {
  try {
    return await step();
  } catch (error) {
    if (error instanceof AgentFailure) throw withBilling(error, false);
    if (!signal.aborted || error !== signal.reason) throw error;
    // The bare reason would be charged at the estimate: nobody could tell how far the call had come.
    const message = `Agent ${agentId} was cancelled before it was asked`;
    throw new AgentFailure(AgentFailureCode.cancelled, message, { isRetryable: false, mayHaveBeenBilled: false, costUsd: 0 });
  }
}

/** Runs what comes after an agent was asked: whatever fails there, it may have done and billed the work. */
export async function afterBilling<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof AgentFailure ? withBilling(error, true) : error;
  }
}
