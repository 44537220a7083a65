import type { DenialPayload } from './denial';
import type { GrantPayload } from './grant';
import type { HoldPayload } from './hold';

/** How long a hold lives without a sign of life, where its request does not say. */
export const DEFAULT_TTL_MS = 10 * 60_000;

/** Whom work is done for, and what it may cost. Ids have 1 to 200 characters of `A-Z a-z 0-9 . _ : @ -`; amounts are USD. */
export interface BudgetRequest {
  readonly organizationId: string;
  readonly teamId?: string;
  readonly userId?: string;
  readonly agentId?: string;
  /** What is held until the actual cost is known: a finite number >= 0. */
  readonly estimatedCostUsd: number;
  /**
   * The caller's own key, 1 to 200 characters, unique in the organization: another workflow that meets it gets the stored
   * answer and does not run. Without one, every run has its own.
   */
  readonly key?: string;
  /** How long the hold may live if nobody settles it; must cover the longest run. Default 10 minutes. */
  readonly ttlMs?: number;
  /**
   * `amount` (default): `run` returns the cost. `attempts`: the activities that it calls record their own attempts, and
   * those are the charge.
   */
  readonly chargedBy?: 'amount' | 'attempts';
}

/** How a reserve was answered. The key is taken from here from then on. */
export type ReserveResult =
  | { readonly status: 'granted'; readonly key: string; readonly grant: GrantPayload; readonly hold: HoldPayload }
  | { readonly status: 'denied'; readonly key: string; readonly denial: DenialPayload; readonly hold: HoldPayload }
  | { readonly status: 'taken'; readonly key: string; readonly hold: HoldPayload };

/** How work under a budget ended. Work that failed throws instead, after its hold was settled. */
export type BudgetOutcome<Value> =
  | { readonly status: 'completed'; readonly value: Value; readonly grant: GrantPayload; readonly hold: HoldPayload }
  | { readonly status: 'denied'; readonly denial: DenialPayload; readonly hold: HoldPayload }
  /** Another workflow has used the caller's key: nothing ran now, and this is how it ended there, or that it is `held` still. */
  | { readonly status: 'replayed'; readonly hold: HoldPayload };
