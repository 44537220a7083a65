import type { BudgetStatusPayload, WindowPayload } from '../../contract/payloads/budget-status';
import { money, moneyOr, when } from '../show/format';
import { fields, table } from '../show/table';
import type { Terminal } from '../show/terminal';
import { usageCell } from './budget-text';
import { scopeText, scopeView } from './scope-view';

/** How a budget stands now. */
export function statusText(status: BudgetStatusPayload, terminal: Terminal): string {
  const windows = [
    { name: 'month', ...status.month },
    { name: 'day', ...status.day },
  ];
  const pairs = fields(
    [
      ['Budget', status.budgetId],
      ['For', scopeText(scopeView(status.scope))],
      ['Mode', `${status.mode}, ${status.timeZone}, from day ${String(status.anchorDay)}`],
      ['Forecast', moneyOr('after the first day', status.forecastUsd)],
      ['Carried in', status.carriedInUsd === 0 ? null : money(status.carriedInUsd)],
      [
        'Raise',
        status.raise &&
          `${money(status.raise.monthlyUsd)} a month, ${money(status.raise.dailyUsd)} a day, until ${when(status.raise.until)}`,
      ],
      ['This week', money(status.week.chargedUsd)],
      ['Ever', money(status.lifetimeSpentUsd)],
    ],
    terminal,
  );
  const rows = table(
    windows,
    [
      { title: '', of: (row) => row.name },
      { title: 'SPENT', of: (row) => money(row.spentUsd), isRight: true },
      { title: 'HELD', of: (row) => money(row.heldUsd), isRight: true },
      { title: 'LIMIT', of: (row) => moneyOr('none', row.limitUsd), isRight: true },
      { title: 'AVAILABLE', of: (row) => moneyOr('', row.availableUsd), isRight: true },
      { title: 'USED', of: (row) => usageCell(row.usage, USUAL_THRESHOLDS, terminal), isRight: true },
      { title: 'RUNS', of: (row) => runsText(row), isRight: true },
      { title: 'RESETS', of: (row) => when(row.resetsAt), isWhole: true },
    ],
    terminal,
  );
  return `${pairs}\n\n${rows}`;
}

/** The status does not say the budget's own. */
const USUAL_THRESHOLDS = { warningThreshold: 0.75, degradationThreshold: 0.9 };

function runsText({ executions, executionLimit }: WindowPayload): string {
  return executionLimit === null ? String(executions) : `${String(executions)} of ${String(executionLimit)}`;
}
