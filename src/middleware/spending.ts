import type { AttemptOutcome } from '../domain/ledger';
import { ZERO, type MicroUsd } from '../domain/money';

/**
 * How a request ended. unstarted: its handler never ran. abandoned: the client went away, or the answer broke off, and nobody knows
 * what was done.
 */
export type Ending = 'unstarted' | 'answered' | 'failed' | 'abandoned';

/** What is known of the cost. A report outweighs `nothing`: what was spent is charged. */
export type Spending =
  { readonly kind: 'unknown' | 'nothing' | 'unreadable' } | { readonly kind: 'reported'; readonly amountMicroUsd: MicroUsd };

/** What the ledger is told at the end; null is a release. Unknown costs are for the organization's policy to say. */
export function outcomeOf(ending: Ending, spending: Spending): AttemptOutcome | null {
  switch (spending.kind) {
    case 'reported':
      return { status: ending === 'failed' ? 'failed' : 'succeeded', costMicroUsd: spending.amountMicroUsd, note: noteOf(ending) };
    case 'unreadable':
      return { status: 'unconfirmed', costMicroUsd: null, note: noteOf(ending) };
    case 'nothing':
      return null;
    case 'unknown':
      return ending === 'unstarted' ? null : { status: STATUS[ending], costMicroUsd: null, note: noteOf(ending) };
  }
}

/** What is told later, where the end was charged without a cost: the ledger corrects such a charge once. */
export function correctionOf(spending: Spending): AttemptOutcome | null {
  if (spending.kind === 'reported') return { status: 'succeeded', costMicroUsd: spending.amountMicroUsd };
  return spending.kind === 'nothing' ? { status: 'succeeded', costMicroUsd: ZERO } : null;
}

const STATUS = { answered: 'succeeded', failed: 'failed', abandoned: 'unconfirmed' } as const;

function noteOf(ending: Ending) {
  return { executionSuccess: ending === 'abandoned' ? null : ending === 'answered', metadata: null };
}
