import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Client } from 'pg';
import { readConfig } from '../../src/config';
import { startGround, type Ground } from '../../src/ground/ground';
import { freePort } from '../../src/ground/ports';
import { testServer } from '../../src/ground/test-server';
import { createDatabase, TEMPLATE, urlOf } from './database';
import { migrate } from '../../src/store/postgres/migrate';

declare global {
  var testGround: { readonly ground: Ground; readonly folder: string } | undefined;
}

/** Starts one PostgreSQL and one Temporal dev server for all tests, and tells the test processes where they are. */
export default async function globalSetup(): Promise<void> {
  if (process.env['AGENT_BUDGET_TEST_GROUND'] === 'none') return;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-test-'));
  // PostgreSQL runs as another user when we are root, who must be able to enter.
  chmodSync(folder, 0o755);
  const config = {
    ...readConfig(),
    dataFolder: path.join(folder, 'data'),
    databaseUrl: null,
    temporalAddress: null,
    temporalPort: await freePort(),
    temporalUiPort: await freePort(),
  };
  const log = (line: string) => {
    console.log(line);
  };
  const timeSkipping = await testServer(config, log);
  const ground = await startGround(config, log);
  globalThis.testGround = { ground, folder };
  // The servers are in process groups of their own: an interrupted run must stop them itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void ground.stop().finally(() => process.exit(1));
    });
  }
  const [{ code }] = await Promise.all([
    bundleWorkflowCode({ workflowsPath: path.join(__dirname, 'workflows.ts'), logger: new DefaultLogger('ERROR') }),
    prepareDatabases(ground.postgres.url),
  ]);
  const bundle = path.join(folder, 'workflows.js');
  writeFileSync(bundle, code);
  process.env['TEST_WORKFLOW_BUNDLE'] = bundle;
  process.env['TEST_DATABASE_URL'] = ground.postgres.url;
  process.env['TEST_LEDGER_DATABASE_URL'] = await createDatabase(ground.postgres.url);
  process.env['TEST_TEMPORAL_ADDRESS'] = ground.temporal.address;
  process.env['TEST_TEMPORAL_UI'] = ground.temporal.uiUrl ?? '';
  process.env['TEST_TIME_SKIPPING_SERVER'] = timeSkipping;
}

/** The schema for the workers' database, and as a template for those that a test wants for itself. */
async function prepareDatabases(url: string): Promise<void> {
  await skipDisk(url);
  await createDatabase(url, { name: TEMPLATE, template: 'template1' });
  await Promise.all([migrate(url), migrate(urlOf(url, TEMPLATE))]);
}

// Nobody cuts this server's power, and its data go with the run: what a crash must not lose is tested on servers of their own.
async function skipDisk(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const setting of ['fsync', 'full_page_writes']) await client.query(`alter system set ${setting} = off`);
  await client.query('select pg_reload_conf()');
  await client.end();
}
