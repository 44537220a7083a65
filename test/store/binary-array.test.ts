import fc from 'fast-check';
import { Client } from 'pg';
import { binaryArray, type Cell, type ColumnType } from '../../src/store/postgres/binary-array';
import { databaseUrl } from './support';

let sql: Client;
beforeAll(async () => {
  sql = new Client({ connectionString: databaseUrl() });
  await sql.connect();
});
afterAll(() => sql.end());

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value));
const json = fc.jsonValue().map((value) => JSON.stringify(value));
const CELLS: [ColumnType, fc.Arbitrary<Exclude<Cell, null>>][] = [
  ['text', text],
  ['bigint', fc.maxSafeInteger()],
  ['boolean', fc.boolean()],
  ['double precision', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['json', json],
];

test.each(CELLS)('an array of %s arrives as it was', async (type, cell) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(cell)), async (cells) => {
      // In the order and in the words of the server: nothing is compared by what this driver makes of it.
      const text = `select cell::text as sent, other::text as told from unnest($1::${type}[], $2::text[]::${type}[]) as u (cell, other)`;
      const told = cells.map((one) => (one === null ? null : String(Object.is(one, -0) ? '-0' : one)));
      const { rows } = await sql.query<{ sent: string | null; told: string | null }>(text, [binaryArray(type, cells), told]);
      expect(rows.map(({ sent }) => sent)).toEqual(rows.map((row) => row.told));
      expect(rows).toHaveLength(cells.length);
    }),
    { numRuns: 40, examples: [[[]], [[null]]] },
  );
});

test('jsonb too', async () => {
  const cells = ['{"a": [1, "ü", null]}', null, '"x"'];
  const { rows } = await sql.query<{ cell: unknown }>('select cell from unnest($1::jsonb[]) as u (cell)', [binaryArray('jsonb', cells)]);
  expect(rows.map(({ cell }) => cell)).toEqual([{ a: [1, 'ü', null] }, null, 'x']);
});
