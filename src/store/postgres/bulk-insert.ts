import { binaryArray, type Cell, type ColumnType } from './binary-array';
import type { Statement } from './connection';

/** A table's columns that are written in bulk, each with its type, and how a row fills them. */
export interface BulkTable<Row> {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly cellsOf: (row: Row) => readonly Cell[];
}

export type BulkInsert<Row> = (rows: readonly Row[]) => Statement;

/**
 * Makes the statement that writes any number of rows at once. It is prepared: it goes by no statistics, so its plan cannot age.
 * `suffix` is what follows, as `on conflict`.
 */
export function bulkInsert<Row>(statementName: string, { name, columns, cellsOf }: BulkTable<Row>, suffix = ''): BulkInsert<Row> {
  const types = Object.values(columns);
  const parameters = types.map((type, index) => `$${String(index + 1)}::${type}[]`);
  const text = `insert into ${name} (${Object.keys(columns).join(', ')}) select * from unnest(${parameters.join(', ')}) ${suffix}`;
  return (rows) => {
    const cells = rows.map(cellsOf);
    return {
      name: statementName,
      text,
      values: types.map((type, column) =>
        binaryArray(
          type,
          cells.map((row) => row[column] ?? null),
        ),
      ),
    };
  };
}

/** `on conflict` on a key: the row that is there takes every other column from the new one. */
export function replacing(key: readonly string[], columns: Readonly<Record<string, ColumnType>>): string {
  const others = Object.keys(columns).filter((column) => !key.includes(column));
  return `on conflict (${key.join(', ')}) do update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
}
