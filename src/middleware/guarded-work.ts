import type { AttemptOutcome } from '../domain/ledger';
import { fromUsd, subtract, type MicroUsd } from '../domain/money';
import type { Reservation } from '../governance';
import { correctionOf, outcomeOf, type Ending, type Spending } from './spending';

/** What a handler learns of its budget, and says of its cost. */
export interface GuardedWork {
  /** How the budgets answered: in degraded mode, say, a cheaper model may do. */
  readonly reservation: Reservation;
  /**
   * What the work has cost in all, in USD; the last report before the end counts. One that comes after the end corrects a charge that was
   * made without any, and adds what it has more than the one before. Throws DomainError InvalidAmount for what is no amount; the cost is then unknown.
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

/** How work reaches the ledger. */
export interface Settling {
  /** Charges it; once, and once more where a cost becomes known that was not before. */
  commit(outcome: AttemptOutcome): void;
  /** Gives its hold back. `isUnstarted`: nothing ran, and the same key may run. */
  release(isUnstarted: boolean): void;
  /** Charges what it has cost beyond what was charged. */
  chargeMore(amountMicroUsd: MicroUsd): void;
}

/** Work under a hold. */
export function openWork(reservation: Reservation, settling: Settling, onEnd: () => void): OpenWork {
  let spending: Spending = { kind: 'unknown' };
  let isOpen = true;
  /** Null: nobody knows what was charged, or it was given back. */
  let chargedMicroUsd: MicroUsd | null = null;

  const learn = (next: Spending): void => {
    spending = next;
    if (isOpen) return;
    if (chargedMicroUsd === null) correct(correctionOf(spending));
    else if (spending.kind === 'reported' && spending.amountMicroUsd > chargedMicroUsd) {
      settling.chargeMore(subtract(spending.amountMicroUsd, chargedMicroUsd));
      chargedMicroUsd = spending.amountMicroUsd;
    }
  };

  const correct = (correction: AttemptOutcome | null): void => {
    if (correction === null) return;
    chargedMicroUsd = correction.costMicroUsd;
    settling.commit(correction);
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
      if (!isOpen) return;
      isOpen = false;
      onEnd();
      const outcome = outcomeOf(ending, spending);
      if (outcome === null) settling.release(ending === 'unstarted');
      else {
        chargedMicroUsd = outcome.costMicroUsd;
        settling.commit(outcome);
      }
    },
    answerWhile: (isGoingOn, ending) => {
      isAnswerGoingOn = isGoingOn;
      answered = ending;
    },
    isGoingOn: () => {
      if (isAnswerGoingOn?.() === false) work.end(answered);
      return isOpen;
    },
  };
  return work;
}
