import type { Balance } from '../../domain/balance';
import { rowOfBalance } from './balance-row';
import { bulkInsert, replacing, type BulkTable } from './bulk-insert';

/** A balance, and whose it is. */
export interface OwnedBalance {
  readonly organizationId: string;
  readonly balance: Balance;
}

const TABLE: BulkTable<OwnedBalance> = {
  name: 'balances',
  columns: {
    organization_id: 'text',
    budget_id: 'text',
    period_start: 'bigint',
    period_end: 'bigint',
    time_zone: 'text',
    monthly_limit: 'bigint',
    raised: 'bigint',
    rollover_percent: 'bigint',
    carried_in: 'bigint',
    month_spent: 'bigint',
    month_held: 'bigint',
    month_executions: 'bigint',
    day_start: 'bigint',
    day_end: 'bigint',
    day_spent: 'bigint',
    day_held: 'bigint',
    day_executions: 'bigint',
    alerted: 'jsonb',
    peak: 'bigint',
    midway: 'bigint',
    late: 'bigint',
    closed_at: 'bigint',
  },
  cellsOf: ({ organizationId, balance }) => {
    const { alerted, ...row } = rowOfBalance(organizationId, balance);
    return Object.keys(TABLE.columns).map((column) => (column === 'alerted' ? JSON.stringify(alerted) : row[column as keyof typeof row]));
  },
};

export const writeBalances = bulkInsert(
  'write_balances',
  TABLE,
  replacing(['organization_id', 'budget_id', 'period_start'], TABLE.columns),
);
