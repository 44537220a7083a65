import type { Balance, Counters } from './balance';
import type { Budget } from './budget';
import { costLimitOf, countersOf, shareOf } from './cost-limit';
import type { Account } from './decision';
import { forecast } from './forecast';
import { accountAt } from './ledger/account';
import { windowFigures } from './ledger/figures';
import type { Figures } from './ledger/happening';
import type { Window } from './messages';
import { capped, clampToZero, type MicroUsd } from './money';
import { statementsOf, type Statement } from './statement';

/** A budget's month or day as it stands: limits with what raises and carry-over add to them, null where unlimited. */
export interface WindowStatus extends Counters, Figures {
  /** Shown as 0 where the budget is overdrawn. */
  readonly availableMicroUsd: MicroUsd | null;
  readonly usage: number | null;
}

/** What there is to know of a budget at an instant. */
export interface BudgetStatus {
  readonly budget: Budget;
  readonly month: WindowStatus;
  readonly day: WindowStatus;
  readonly carriedInMicroUsd: MicroUsd;
  /** What the month will have cost if it goes on like this; null in its first day. */
  readonly forecastMicroUsd: MicroUsd | null;
  /** Everything ever charged to the budget; past the largest amount that there is, that amount. */
  readonly lifetimeMicroUsd: MicroUsd;
  readonly lastStatement: Statement | null;
}

/** The status at `at`, of a budget with all its rows, also where nothing touched the running month yet. */
export function statusOf(budget: Budget, balances: readonly Balance[], at: number): BudgetStatus {
  const account = accountAt({ balances: () => balances }, budget, at);
  const { month, period, carriedInMicroUsd } = account.balance;
  return {
    budget,
    month: windowOf(account, 'monthly'),
    day: windowOf(account, 'daily'),
    carriedInMicroUsd,
    forecastMicroUsd: forecast(month.spentMicroUsd, period, at),
    lifetimeMicroUsd: capped(balances.reduce((sum, row) => sum + row.month.spentMicroUsd, 0)),
    lastStatement: statementsOf(balances).at(-1) ?? null,
  };
}

function windowOf(account: Account, window: Window): WindowStatus {
  const limit = costLimitOf(account, window);
  return {
    ...windowFigures(account, window),
    heldMicroUsd: countersOf(account, window).heldMicroUsd,
    availableMicroUsd: limit && clampToZero(limit.availableMicroUsd),
    usage: limit && shareOf(limit.usedMicroUsd, limit.baseMicroUsd),
  };
}
