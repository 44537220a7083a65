import { Context } from '@temporalio/activity';
import type { BudgetReference, ClosedBudgets, ClosedPage, NotClosed, PageRequest } from '../src/contract/payloads/reset';
import { parse } from '../src/contract/schemas/parse';
import { pageRequest } from '../src/contract/schemas/requests';
import { assertTimeZone } from '../src/domain/period';
import { perform } from '../src/store/budget-store';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';

export function createClosingActivities({ store }: Pick<ActivityDependencies, 'store'>) {
  async function closeOne({ organizationId, budgetId }: BudgetReference, at: number): Promise<number> {
    let periods = 0;
    for (let isComplete = false; !isComplete;) {
      const closed = await perform(store, organizationId, { kind: 'closePeriods', budgetId, at });
      periods += closed.closed;
      ({ isComplete } = closed);
    }
    return periods;
  }

  async function closeEach(names: readonly BudgetReference[], at: number): Promise<ClosedBudgets> {
    const context = Context.current();
    let periods = 0;
    const failures: NotClosed[] = [];
    for (const name of names) {
      context.cancellationSignal.throwIfAborted();
      context.heartbeat();
      try {
        periods += await closeOne(name, at);
      } catch (error) {
        // If the ledger does not even answer a question it is away, and this page is tried again as a whole.
        await store.budget(name.organizationId, name.budgetId);
        failures.push({ ...name, message: messageOf(error) });
      }
    }
    return { budgets: names.length - failures.length, periods, failures };
  }

  return {
    /** Closes the ended periods of a page of a zone's budgets, each in its own transaction. One that fails keeps no other back. */
    closePage: (request: PageRequest): Promise<ClosedPage> =>
      withNamedFailures(async () => {
        const { timeZone, at, after, most } = parse(pageRequest, 'The page to close', request);
        assertTimeZone(timeZone);
        const names = await store.closableBudgets(timeZone, at, after, most);
        const closed = await closeEach(names, at);
        return { ...closed, next: names.length < most ? null : (names.at(-1) ?? null) };
      }),

    /** The same for those that failed before. */
    closeAgain: (names: readonly BudgetReference[], at: number): Promise<ClosedBudgets> => withNamedFailures(() => closeEach(names, at)),
  };
}
