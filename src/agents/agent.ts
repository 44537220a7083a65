import type { AgentDefinition } from '../contract/schemas/agent';

/** One attempt at an agent, as its connector sees it. */
export interface AgentCall {
  readonly organizationId: string;
  /** What the caller sent; JSON. */
  readonly input: unknown;
  /** The same for every retry of one invocation: providers that deduplicate by key get this one. */
  readonly idempotencyKey: string;
  /** Aborts on cancellation and at the agent's time-out. */
  readonly signal: AbortSignal;
  /** Tells that the agent is alive; connectors that stream call it for every chunk. */
  readonly onProgress: () => void;
}

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** costUsd null is unknown (the ledger then charges the estimate, flagged), never free. */
export interface AgentAnswer {
  readonly output: unknown;
  readonly usage: TokenUsage | null;
  readonly costUsd: number | null;
  readonly costSource: 'reported' | 'usage' | 'estimate';
}

export const AgentFailureCode = {
  rejected: 'AgentRejected', // upstream 4xx
  rateLimited: 'AgentRateLimited', // upstream 429
  unavailable: 'AgentUnavailable', // upstream 5xx, refused or broken connection
  timedOut: 'AgentTimedOut',
  cancelled: 'AgentCancelled', // stopped by its caller, when its cost is known
  unreadable: 'AgentAnswerUnreadable', // not what was promised: malformed JSON, HTML, nothing, too large
  failed: 'AgentFailed', // an in-process agent threw
  misconfigured: 'AgentMisconfigured', // missing secret, unknown function, forbidden address
} as const;
export type AgentFailureCode = (typeof AgentFailureCode)[keyof typeof AgentFailureCode];

/** An agent's failure, with what is known of its cost. In-process agents may throw it too. */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  readonly code: AgentFailureCode;
  readonly isRetryable: boolean;
  /** From Retry-After; null when the provider named none. */
  readonly retryAfterMs: number | null;
  /** What the failed attempt cost, when known. */
  readonly costUsd: number | null;
  /** True when the provider may have done (and billed) the work: timed out, cut off, unreadable. Such attempts are charged at the estimate. */
  readonly mayHaveBeenBilled: boolean;

  constructor(
    code: AgentFailureCode,
    message: string,
    details: { isRetryable: boolean; mayHaveBeenBilled: boolean; costUsd?: number | null; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.isRetryable = details.isRetryable;
    this.mayHaveBeenBilled = details.mayHaveBeenBilled;
    this.costUsd = details.costUsd ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** Runs one attempt of an agent. Throws AgentFailure, and nothing else, except the signal's own reason when aborted. */
export interface Connector {
  run(agent: AgentDefinition, call: AgentCall): Promise<AgentAnswer>;
}

/** An agent that lives in the worker's own process. */
export interface InProcessAgent {
  run(call: AgentCall & { readonly agent: AgentDefinition }): Promise<InProcessAnswer>;
  /** What one call is expected to cost, in USD; without it the definition or the estimate formula decides. */
  estimateCostUsd?(input: unknown, agent: AgentDefinition): number;
}

/** Without a cost, it is computed from usage and prices; without those it is unknown. */
export interface InProcessAnswer {
  readonly output: unknown;
  readonly usage?: TokenUsage;
  readonly costUsd?: number;
}
