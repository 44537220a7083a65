import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** The database, migrated, that others are copied from. */
export const TEMPLATE = 'agent_budget_template';

/** Makes a database beside the one at `url`: by default a new ledger, empty. Returns its address. */
export async function createDatabase(
  url: string,
  { name = `ledger_${randomUUID().replaceAll('-', '')}`, template = TEMPLATE } = {},
): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name} template ${template}`);
  await client.end();
  return urlOf(url, name);
}

export function urlOf(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
