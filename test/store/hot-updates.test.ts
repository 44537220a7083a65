import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { cost, Ledger } from './support';

/** Of a table's updates, how many there were, and the share that wrote no index. */
type Updates = Record<string, { readonly updated: number; readonly hot: number }>;

/** 600 pairs of reserve and commit, 20 at a time, in a database of their own. */
async function updatesOfPairs(): Promise<Updates> {
  const url = await createDatabase(String(process.env['TEST_DATABASE_URL']));
  const store = createPostgresStore(url);
  const ledger = new Ledger(store);
  await ledger.limit({ monthly: 10_000 });
  for (let batch = 0; batch < 30; batch += 1) {
    const keys = Array.from({ length: 20 }, () => randomUUID());
    await Promise.all(keys.map((key) => ledger.reserve(key, 1)));
    await Promise.all(keys.map((key) => ledger.commit(key, cost(1))));
  }
  // Sessions report what they did when they end, at the latest.
  await store.close();
  const sql = new Client({ connectionString: url });
  await sql.connect();
  const { rows } = await sql.query<{ name: string; updated: number; hot: number }>(
    `select relname as name, n_tup_upd::int as updated, n_tup_hot_upd::float8 / nullif(n_tup_upd, 0) as hot from pg_stat_user_tables`,
  );
  await sql.end();
  return Object.fromEntries(rows.map(({ name, ...updates }) => [name, updates]));
}

test('updates are HOT: what a commit changes is in no index, and its page has room for it', async () => {
  const { organizations, balances, holds } = await updatesOfPairs();
  for (const table of [organizations, balances, holds]) {
    expect(table?.updated).toBeGreaterThan(50);
    // Not all: a page is full until no snapshot needs its old rows any more. With an index on what changes it would be none.
    expect(table?.hot).toBeGreaterThan(0.9);
  }
});
