import { ConnectionFailed, ResponseTooLarge, codeOf, outboundErrorIn } from '../outbound/errors';
import { AgentFailure, AgentFailureCode } from './agent';

/**
 * The failure behind a request that got no (whole) response. What never reached the provider cost nothing; what broke off after
 * it was sent may have been billed.
 */
export function failureOfConnection(agentId: string, error: unknown, costUsd: number | null = null): AgentFailure {
  const known = outboundErrorIn(error);
  const nothingSent = { mayHaveBeenBilled: false };
  if (known instanceof ConnectionFailed)
    return new AgentFailure(AgentFailureCode.unavailable, `Agent ${agentId}: ${known.message}`, { isRetryable: true, ...nothingSent });
  if (known instanceof ResponseTooLarge) {
    const details = { isRetryable: false, mayHaveBeenBilled: true, costUsd };
    return new AgentFailure(AgentFailureCode.unreadable, `Agent ${agentId}: ${known.message}`, details);
  }
  if (known !== undefined)
    return new AgentFailure(AgentFailureCode.misconfigured, `Agent ${agentId}: ${known.message}`, { isRetryable: false, ...nothingSent });
  const message = `Agent ${agentId}: the connection broke off before the whole answer had arrived (${codeOf(error)})`;
  return new AgentFailure(AgentFailureCode.unavailable, message, { isRetryable: true, mayHaveBeenBilled: true, costUsd });
}

/** The answer is not what was promised. The work was done, so a retry would pay for it twice: final. */
export function unreadable(agentId: string, what: string, costUsd: number | null): AgentFailure {
  const details = { isRetryable: false, mayHaveBeenBilled: true, costUsd };
  return new AgentFailure(AgentFailureCode.unreadable, `Agent ${agentId} answered ${what}`, details);
}
