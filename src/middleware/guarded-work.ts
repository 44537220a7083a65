import type { AttemptOutcome } from '../domain/ledger';
import { fromUsd } from '../domain/money';
import type { Reservation } from '../governance';
import { correctionOf, outcomeOf, type Ending, type Spending } from './spending';

/** What a handler learns of its budget, and says of its cost. */
export interface GuardedWork {
  /** How the budgets answered: in degraded mode, say, a cheaper model may do. */
  readonly reservation: Reservation;
  /**
   * What the work has cost in all, in USD; the last report before the end counts. One that comes after the end still corrects a
   * charge that was made without any. Throws DomainError InvalidAmount for what is no amount; the cost is then unknown.
   */
  report(costUsd: number): void;
  /** The work did not run, and is not to be charged or counted. A reported cost outweighs it. */
  nothingSpent(): void;
}

export interface OpenWork extends GuardedWork {
  /** The request has ended; the first to say so decides how. */
  end(ending: Ending): void;
  /** The handler is through, and its answer on its way: once that no longer goes on, whoever gives signs of life ends the work. */
  answerWhile(isGoingOn: () => boolean, ending: Ending): void;
  /** Asked before each sign of life. */
  isGoingOn(): boolean;
}

/** How work reaches the ledger: charged, or given back with null. */
export type Settle = (outcome: AttemptOutcome | null) => void;

/** Work under a hold. `settle` is called once; once more where a cost becomes known that was not at the end. */
export function openWork(reservation: Reservation, settle: Settle, onEnd: () => void): OpenWork {
  let spending: Spending = { kind: 'unknown' };
  let state: 'open' | 'charged without a cost' | 'settled' = 'open';

  const learn = (next: Spending): void => {
    spending = next;
    if (state !== 'charged without a cost') return;
    const correction = correctionOf(spending);
    if (correction === null) return;
    state = 'settled';
    settle(correction);
  };

  let isAnswerGoingOn: (() => boolean) | undefined;
  let answered: Ending = 'answered';

  const work: OpenWork = {
    reservation,
    report: (costUsd) => {
      try {
        learn({ kind: 'reported', amountMicroUsd: fromUsd(costUsd) });
      } catch (error) {
        learn({ kind: 'unreadable' });
        throw error;
      }
    },
    nothingSpent: () => {
      if (spending.kind === 'unknown') learn({ kind: 'nothing' });
    },
    end: (ending) => {
      if (state !== 'open') return;
      onEnd();
      const outcome = outcomeOf(ending, spending);
      state = outcome !== null && outcome.costMicroUsd === null ? 'charged without a cost' : 'settled';
      settle(outcome);
    },
    answerWhile: (isGoingOn, ending) => {
      isAnswerGoingOn = isGoingOn;
      answered = ending;
    },
    isGoingOn: () => {
      if (isAnswerGoingOn?.() === false) work.end(answered);
      return state === 'open';
    },
  };
  return work;
}
