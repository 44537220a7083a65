import type { EntryPayload } from '../../contract/payloads/entry';
import type { StatementPayload } from '../../contract/payloads/statement';
import { money, moneyOr, percent, when } from '../show/format';
import { table } from '../show/table';
import type { Terminal } from '../show/terminal';

export function entryTable(rows: readonly EntryPayload[], terminal: Terminal): string {
  return table(
    rows,
    [
      { title: 'ENTRY', of: (row) => String(row.entryId), isRight: true },
      { title: 'AT', of: (row) => when(row.at), isWhole: true },
      { title: 'KIND', of: (row) => row.kind },
      { title: 'BUDGET', of: (row) => row.budgetId ?? 'none' },
      { title: 'SPENT', of: (row) => money(row.spentUsd), isRight: true },
      { title: 'HELD', of: (row) => money(row.heldUsd), isRight: true },
      { title: 'REMARKS', of: remarksOf },
      { title: 'KEY', of: (row) => row.key },
    ],
    terminal,
  );
}

export function statementTable(rows: readonly StatementPayload[], terminal: Terminal): string {
  return table(
    rows,
    [
      { title: 'FROM', of: (row) => when(row.periodStart), isWhole: true },
      { title: 'TO', of: (row) => when(row.periodEnd), isWhole: true },
      { title: 'SPENT', of: (row) => money(row.spentUsd), isRight: true },
      { title: 'LIMIT', of: (row) => moneyOr('none', row.limitUsd), isRight: true },
      { title: 'PEAK', of: (row) => percent(row.peakUsage), isRight: true },
      { title: 'RUNS', of: (row) => String(row.executions), isRight: true },
      { title: 'LATE', of: (row) => money(row.lateUsd), isRight: true },
      { title: 'CARRIED ON', of: (row) => money(row.carriedOutUsd), isRight: true },
    ],
    terminal,
  );
}

function remarksOf({ isUnconfirmed, isLate, overageUsd, executionSuccess }: EntryPayload): string {
  const remarks = [
    isUnconfirmed ? 'assumed' : null,
    isLate ? 'late' : null,
    overageUsd > 0 ? `${money(overageUsd)} over` : null,
    executionSuccess === false ? 'failed' : null,
  ];
  return remarks.filter((remark) => remark !== null).join(', ');
}
