import { binaryArray, type Cell, type ColumnType } from './binary-array';
import type { Statement } from './connection';

/** A column, by its type and what a row has in it. */
export type Column<Row> = readonly [ColumnType, (row: Row) => Cell];
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

export type BulkInsert<Row> = (rows: readonly Row[]) => Statement;

/**
 * Makes the statement that writes any number of rows at once. It is prepared: it goes by no statistics, so its plan cannot age.
 * `suffix` is what follows, as `on conflict`.
 */
export function bulkInsert<Row>(name: string, table: string, columns: Columns<Row>, suffix = ''): BulkInsert<Row> {
  const parts = Object.values(columns);
  const parameters = parts.map(([type], index) => `$${String(index + 1)}::${type}[]`);
  const text = `insert into ${table} (${Object.keys(columns).join(', ')}) select * from unnest(${parameters.join(', ')}) ${suffix}`;
  return (rows) => ({ name, text, values: parts.map(([type, cellOf]) => binaryArray(type, rows.map(cellOf))) });
}

/** `on conflict` on a key: the row that is there takes every other column from the new one. */
export function replacing(key: readonly string[], columns: Columns<never>): string {
  const others = Object.keys(columns).filter((column) => !key.includes(column));
  return `on conflict (${key.join(', ')}) do update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}
