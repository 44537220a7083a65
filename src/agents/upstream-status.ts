import { retryAfterMs } from '../outbound/retry-after';
import { redact } from '../outbound/secrets';
import { AgentFailure, AgentFailureCode } from './agent';
import { isObject } from './json';

const LONGEST_EXCERPT = 300;
/** Longer pauses are not worth a hold: the retry then finds out for itself. */
const LONGEST_PAUSE_MS = 10 * 60_000;
/** 4xx that say "later", not "never". */
const REQUEST_TIMEOUT = 408;
const TOO_EARLY = 425;
const TOO_MANY_REQUESTS = 429;

/** An answer whose status is no success. */
export interface UpstreamRefusal {
  readonly agentId: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly costUsd: number | null;
  /** Kept out of the message should the provider quote them. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/** The failure behind an HTTP status: 4xx final, 408, 425, 429 and 5xx to be retried. The provider said no, so it billed what it reports. */
export function failureOfStatus({ agentId, status, headers, body, costUsd, secrets, nowMs }: UpstreamRefusal): AgentFailure {
  const excerpt = redact(reasonIn(body), secrets).slice(0, LONGEST_EXCERPT);
  const message = `Agent ${agentId} answered with status ${String(status)}${excerpt === '' ? '' : `: ${excerpt}`}`;
  const details = { mayHaveBeenBilled: false, costUsd, retryAfterMs: retryAfterMs(headers, nowMs, LONGEST_PAUSE_MS) };
  if (status === TOO_MANY_REQUESTS) return new AgentFailure(AgentFailureCode.rateLimited, message, { isRetryable: true, ...details });
  if (status >= 500 || status === REQUEST_TIMEOUT || status === TOO_EARLY)
    return new AgentFailure(AgentFailureCode.unavailable, message, { isRetryable: true, ...details });
  return new AgentFailure(AgentFailureCode.rejected, message, { isRetryable: false, ...details });
}

/** The sentence in an error body: `{ error: { message } }`, `{ error }`, `{ message }` or `{ detail }`. Pages of HTML say nothing. */
function reasonIn(body: unknown): string {
  if (!isObject(body)) return '';
  const { error, message, detail } = body;
  const candidates = [isObject(error) ? error['message'] : error, message, detail];
  return candidates.find((candidate) => typeof candidate === 'string') ?? '';
}
