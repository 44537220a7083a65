import type { AlertClient, BudgetClient } from '../client';
import type { TokenUsagePayload } from '../contract/payloads/invocation';
import type { AgentDefinition } from '../contract/schemas/agent';
import type { BudgetStore } from '../store/budget-store';
import type { HttpMetrics } from './metrics';
import type { JwksOptions } from './jwt';
import type { RateLimitOptions } from './rate-limit';

/** Something worth an operator's attention. */
export interface LogEntry {
  readonly level: 'warn' | 'error';
  readonly message: string;
  /** By which a caller refers to it. */
  readonly id: string;
  readonly error: unknown;
}

/** All that the API stands on. */
export interface ApiDeps {
  readonly store: BudgetStore;
  readonly invocations: BudgetClient;
  readonly alerts: AlertClient;
  /** What must answer for the service to be ready, by name: each rejects when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
  /** What a call of the agent is assumed to cost, in USD. */
  readonly estimateUsd: (agent: AgentDefinition, input: unknown) => number;
  /** What a call of the agent costs that used so many tokens, in USD; null where no price is known. */
  readonly priceUsd: (agent: AgentDefinition, usage: TokenUsagePayload) => number | null;
  /** Where a run is shown to people; null where no Web UI is known. */
  readonly webUiLink: (workflowId: string) => string | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: (entry: LogEntry) => void;
  /** To show all of them elsewhere; /metrics shows those of requests. */
  readonly metrics?: HttpMetrics;
  readonly options?: ApiOptions;
}

export interface ApiOptions {
  /** Of each key. Default: 100 a second, in bursts of 200. */
  readonly rateLimit?: RateLimitOptions;
  /** Of each address, for requests without a key that authenticates. Default: 1 a second, in bursts of 30. */
  readonly anonymousRateLimit?: RateLimitOptions;
  /** A proxy of ours stands in front, and adds whom it speaks for to X-Forwarded-For. Default: false, and that header is not believed. */
  readonly isBehindProxy?: boolean;
  /** Accepts JWTs beside API keys. Default: none. */
  readonly jwks?: JwksOptions;
  /** Which secret references (`env:NAME`, `file:/PATH`) an organization's own keys may use. Default: none; an operator's key may use all. */
  readonly mayUseSecret?: (organizationId: string, reference: string) => boolean;
  /** How long `invoke` waits for a run unless it is told, and at most, in seconds. Default: 30 and 300. */
  readonly waitSeconds?: number;
  readonly longestWaitSeconds?: number;
  /** Other metrics to show at /metrics, in Prometheus' text format: the SDK's, for example. */
  readonly moreMetrics?: () => Promise<string>;
}
