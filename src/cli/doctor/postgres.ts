import { Client } from 'pg';
import { schemaState } from '../../store/postgres/schema-state';
import type { DatabasePlace } from '../reach';
import { withoutPassword } from '../show/address';
import { seconds } from '../show/format';
import { fail, ok, reasonOf, warn, type Finding } from './finding';

const PATIENCE_MS = 5_000;
const SKEW_MS = { warns: 1_000, fails: 30_000 } as const;
const SCHEMA_ADVICE = '`agent-budget worker` or `agent-budget start` brings it up to date.';

/** PostgreSQL, its schema, and its clock beside ours. */
export async function checkPostgres(place: DatabasePlace | null): Promise<Finding[]> {
  if (place === null) {
    return [warn('postgres', 'DATABASE_URL is not set, and nothing is up here', 'Run `agent-budget start`, or set DATABASE_URL.')];
  }
  const { url, by } = place;
  let client: Client | undefined;
  const began = Date.now();
  try {
    // Reads the certificates that the address names.
    client = new Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS });
    client.on('error', () => undefined);
    await client.connect();
    const connected = `${withoutPassword(url)} (${by}) answers in ${seconds(Date.now() - began)}`;
    return [ok('postgres', `${connected}, version ${await versionOf(client)}`), await checkSchema(url), await checkClock(client)];
  } catch (error) {
    const advice = by === 'DATABASE_URL' ? 'Start it, or correct DATABASE_URL.' : 'Stop that `agent-budget start`, and start it again.';
    return [fail('postgres', `${withoutPassword(url)} (${by}): ${reasonOf(error)}`, advice)];
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function checkSchema(url: string): Promise<Finding> {
  const { last, missing, unknown } = await schemaState(url);
  if (last === null) return fail('schema', 'the database has no ledger yet', SCHEMA_ADVICE);
  if (missing.length > 0) return fail('schema', `at ${last}, lacks ${missing.join(', ')}`, SCHEMA_ADVICE);
  if (unknown.length > 0)
    return warn('schema', `at ${last}, of a later version than this`, 'Update this agent-budget to what the workers run.');
  return ok('schema', `at ${last}`);
}

async function checkClock(client: Client): Promise<Finding> {
  const before = Date.now();
  const { rows } = await client.query<{ at: string }>('select extract(epoch from clock_timestamp()) * 1000 as at');
  return clockFinding(Number(rows[0]?.at) - (before + Date.now()) / 2);
}

/** How far another clock is ahead of ours. Budgets turn by the workers' clocks. */
export function clockFinding(aheadMs: number): Finding {
  const skew = Math.abs(aheadMs);
  const finding = `this machine is ${seconds(skew)} ${aheadMs > 0 ? 'behind' : 'ahead of'} PostgreSQL`;
  const advice = 'Let both keep time by NTP: periods turn, and holds expire, by the clocks of workers.';
  if (skew >= SKEW_MS.fails) return fail('clock', finding, advice);
  return skew >= SKEW_MS.warns ? warn('clock', finding, advice) : ok('clock', finding);
}

async function versionOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? 'unknown';
}
