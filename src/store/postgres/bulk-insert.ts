import { binaryArray, type Cell, type ColumnType } from './binary-array';
import type { Part } from './in-one-statement';

/** A column, by its type and what a row has in it. */
export type Column<Row> = readonly [ColumnType, (row: Row) => Cell];
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

/** Rows of one organization's ledger. */
export interface OwnRows<Row> {
  readonly organizationId: string;
  readonly rows: readonly Row[];
}

export type BulkInsert<Row> = (owned: readonly OwnRows<Row>[]) => Part[];

/** How many rows one statement writes: what an outage left overdue may be more than a statement can write in its time. */
const MOST_ROWS = 1_000;

/**
 * Makes the statements that write any number of rows of organizations, whose ids are the table's first column. They are prepared: they
 * go by no statistics, so their plan cannot age. `name` is a few letters; `suffix` is what follows, as `on conflict`.
 */
export function bulkInsert<Row>(name: string, table: string, columns: Columns<Row>, suffix = ''): BulkInsert<Row> {
  const parts = Object.values(columns);
  const types = ['text', ...parts.map(([type]) => type)];
  const parameters = (array: string) => types.map((type, index) => `$${String(index + 1)}::${type}${array}`).join(', ');
  const head = `insert into ${table} (${['organization_id', ...Object.keys(columns)].join(', ')})`;
  const many = { name, text: `${head} select * from unnest(${parameters('[]')}) ${suffix}` };
  // The hot budget's balance, and whatever a single caller writes, take half the time without unnest.
  const one = { name: `${name}1`, text: `${head} values (${parameters('')}) ${suffix}` };

  function write(owners: readonly string[], rows: readonly Row[]): Part {
    const [first] = rows;
    if (rows.length === 1 && first !== undefined) return { ...one, values: [owners[0], ...parts.map(([, cellOf]) => cellOf(first))] };
    return { ...many, values: [binaryArray('text', owners), ...parts.map(([type, cellOf]) => binaryArray(type, rows.map(cellOf)))] };
  }

  return (owned) => {
    const owners: string[] = [];
    const all: Row[] = [];
    for (const { organizationId, rows } of owned) {
      for (const row of rows) {
        owners.push(organizationId);
        all.push(row);
      }
    }
    const statements = [];
    for (let start = 0; start < all.length; start += MOST_ROWS) {
      statements.push(write(owners.slice(start, start + MOST_ROWS), all.slice(start, start + MOST_ROWS)));
    }
    return statements;
  };
}

/** `on conflict` on a key: the row that is there takes every other column from the new one. */
export function replacing(key: readonly string[], columns: Columns<never>): string {
  const others = Object.keys(columns).filter((column) => !key.includes(column));
  return `on conflict (${key.join(', ')}) do update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}
