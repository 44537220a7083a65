import { Client } from 'pg';
import { audit } from '../src/store/audit';
import type { BudgetStore } from '../src/store/budget-store';
import { migrate } from '../src/store/postgres/migrate';
import { createPostgresStore } from '../src/store/postgres/postgres-store';
import type { Scene } from './fault';
import { ORGANIZATION, putLimit, type Told } from './load';

/** A ledger in the database there, with one budget, and a store on it. */
export async function openLedger({ cleanUps }: Scene, url: string): Promise<BudgetStore> {
  await migrate(url);
  const store = createPostgresStore(url);
  cleanUps.push(() => store.close());
  await putLimit(store);
  return store;
}

interface Found {
  readonly acknowledged: number;
  /** Answered commits that are not there, and keys charged twice, or another amount. */
  readonly lost: number;
  readonly doubled: number;
  /** Differences that the audit names, and what is held though nobody calls any more, in USD. */
  readonly drift: number;
  readonly held: number;
}

export function isSound({ lost, doubled, drift, held }: Found): boolean {
  return lost === 0 && doubled === 0 && drift === 0 && held === 0;
}

/** What the ledger has, beside what its callers were told. */
export async function compare(store: BudgetStore, url: string, told: Told): Promise<Found> {
  const charges = await chargesIn(url);
  const lost = [...told.committed].filter((key) => !charges.has(key)).length;
  const doubled = [...charges.values()].filter(({ count, spent }) => count !== 1 || spent !== 1e6).length;
  const drift = (await audit(store, ORGANIZATION)).length;
  const [balance] = await store.balances(ORGANIZATION, 'main', 0);
  const held = (balance?.month.heldMicroUsd ?? NaN) / 1e6;
  return { acknowledged: told.committed.size, lost, doubled, drift, held };
}

async function chargesIn(url: string): Promise<Map<string, { count: number; spent: number }>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const sql = `select key, count(*)::int as count, sum(spent)::float8 as spent from entries where spent <> 0 group by key`;
  const { rows } = await client.query<{ key: string; count: number; spent: number }>(sql);
  await client.end();
  return new Map(rows.map(({ key, ...charge }) => [key, charge]));
}
