import type { Metadata } from '../domain/ledger';

/** Whom a call is made for. Ids have 1 to 200 characters of `A-Z a-z 0-9 . _ : @ -`; every budget that matches them counts. */
export interface BudgetedCall {
  readonly organizationId: string;
  /** Any agent's, registered or not. */
  readonly externalAgentId: string;
  readonly teamId?: string;
  readonly userId?: string;
}

export interface BudgetCheckRequest extends BudgetedCall {
  /** USD, from 0 to 1,000,000. */
  readonly estimatedCost: number;
}

/** What is kept on the ledger entries of a charge. */
export interface CostNote {
  readonly executionSuccess?: boolean;
  /** A JSON object of at most 4,096 bytes. */
  readonly metadata?: Metadata;
}

/** A cost that no hold preceded. */
export interface CostRequest extends BudgetedCall, CostNote {
  /** USD, from 0 to 1,000,000. */
  readonly actualCost: number;
  /** Unique in the organization, 1 to 200 characters as in ids: the same key and body again is the same charge. */
  readonly key?: string;
}

export interface ReservationRequest extends BudgetCheckRequest {
  /** Unique in the organization. Left out, the reservation has one of its own, which its answer names. */
  readonly key?: string;
  /** How long the hold lives without a sign of life; default 10 minutes, 1 s to 31 days. */
  readonly ttlMs?: number;
}

export interface ReservationReference {
  readonly organizationId: string;
  readonly key: string;
}

export interface CommitRequest extends ReservationReference, CostNote {
  /** USD, from 0 to 1,000,000. null is unknown: charged at the estimate, flagged; after a failure, as the organization's policy says. */
  readonly actualCost: number | null;
}
