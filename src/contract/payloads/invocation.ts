import type { InvocationOutcome } from '../names/search-attributes';
import type { Metadata } from '../../domain/ledger';
import type { DenialPayload } from './denial';
import type { GrantPayload } from './grant';
import type { HoldPayload } from './hold';

/** How much JSON a request may be. The server refuses payloads of 2 MiB; this leaves room for what travels with the request. */
export const LARGEST_REQUEST_BYTES = 1_900_000;

/** One invocation of a registered agent. */
export interface InvocationRequest {
  readonly organizationId: string;
  readonly agentId: string;
  readonly teamId?: string;
  readonly userId?: string;
  /** What the agent gets, as JSON. With it the whole request may have LARGEST_REQUEST_BYTES. */
  readonly input: unknown;
  /** USD; without it the agent's own estimate counts. */
  readonly estimatedCostUsd?: number;
  /** Makes retries one run, also after it has ended. 1 to 200 characters of `A-Z a-z 0-9 . _ : @ -`. */
  readonly idempotencyKey?: string;
  /** How long a hold outlives a worker that vanished. Default 10 minutes. */
  readonly ttlMs?: number;
  /** A JSON object of at most 4,096 bytes, kept on the ledger entries of what the run is charged. */
  readonly metadata?: Metadata;
  /** Set by the client: the request's body in short. */
  readonly fingerprint?: string;
}

export interface TokenUsagePayload {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How an invocation ended: the workflow's result and memo. */
export interface InvocationReceipt {
  readonly status: InvocationOutcome;
  readonly organizationId: string;
  readonly agentId: string;
  readonly reservedUsd: number;
  readonly chargedUsd: number;
  readonly overageUsd: number;
  readonly attempts: number;
  /** Some of the charge was assumed (the estimate), since nobody knows the actual cost. */
  readonly isUnconfirmed: boolean;
  readonly isLate: boolean;
  readonly grant: GrantPayload | null;
  readonly denial: DenialPayload | null;
  readonly usage: TokenUsagePayload | null;
  /** Where the last attempt's cost came from. */
  readonly costSource: 'reported' | 'usage' | 'estimate' | null;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly ledgerKey: string;
}

/** The result of a run: its receipt, and what the agent answered. */
export interface InvocationResult extends InvocationReceipt {
  readonly output: unknown;
}

/** The early answer: whether the run may go on. */
export interface AdmissionPayload {
  readonly status: 'granted' | 'denied' | 'replayed';
  readonly fingerprint: string | null;
  readonly grant: GrantPayload | null;
  readonly denial: DenialPayload | null;
  readonly reservedUsd: number;
}

/** Answer to the query `state`. */
export interface InvocationState {
  readonly phase: 'reserving' | 'running' | 'settling' | 'ended';
  readonly outcome: InvocationOutcome;
  readonly receipt: InvocationReceipt | null;
}

/** What the workflow needs to know of an agent to run it. */
export interface RunPlan {
  readonly platform: string;
  readonly model: string | null;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
}

/** What a workflow tells `executeAgent` of the hold that it runs under. */
export interface ExecuteOptions {
  /** Nothing else is done under the hold: an answer settles it. */
  readonly settles: boolean;
}

export type AgentResult =
  | {
      readonly status: 'answered';
      readonly output: unknown;
      readonly usage: TokenUsagePayload | null;
      readonly costUsd: number;
      readonly costSource: 'reported' | 'usage' | 'estimate';
      /** The hold, when the activity has settled it. */
      readonly hold?: HoldPayload;
    }
  /** The hold could not grow, or could not be had anew, for this attempt: it did not run. */
  | { readonly status: 'denied'; readonly denial: DenialPayload };
