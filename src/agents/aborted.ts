import { AgentFailure, AgentFailureCode, type AgentCall } from './agent';

/** Whether the signal aborted because the agent's time was up, rather than by a cancellation. */
export function hasTimedOut(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  return signal.aborted && typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}

/** The failure of an agent whose time was up. It may have done, and billed, the work. */
export function timedOut(agent: { readonly agentId: string; readonly timeoutMs: number }, costUsd: number | null = null): AgentFailure {
  const message = `Agent ${agent.agentId} did not answer within its time-out of ${String(agent.timeoutMs)} ms`;
  return new AgentFailure(AgentFailureCode.timedOut, message, { isRetryable: true, mayHaveBeenBilled: true, costUsd });
}

/** Throws when the call was aborted: AgentTimedOut at the time-out, on cancellation AgentCancelled with a known cost, else the signal's own reason. */
export function throwIfAborted(
  agent: { readonly agentId: string; readonly timeoutMs: number },
  { signal }: Pick<AgentCall, 'signal'>,
  costUsd: number | null = null,
): void {
  if (hasTimedOut(signal)) throw timedOut(agent, costUsd);
  if (signal.aborted && costUsd !== null) {
    const message = `Agent ${agent.agentId} was cancelled`;
    throw new AgentFailure(AgentFailureCode.cancelled, message, { isRetryable: false, mayHaveBeenBilled: true, costUsd });
  }
  signal.throwIfAborted();
}
