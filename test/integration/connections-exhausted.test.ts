import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { organizationWith, spending } from '../support/budgets';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';

test('no connection is left (53300): nothing is let in for ten seconds, then it is ledger_unavailable; what ran is charged when there is one', async () => {
  const url = await createDatabase(setting('TEST_DATABASE_URL'));
  const sql = new Client({ connectionString: url });
  await sql.connect();
  // Whoever is no superuser can be kept to so many connections.
  const role = `ledger_${randomUUID().replaceAll('-', '')}`;
  await sql.query(`create role ${role} login password 'secret'`);
  await sql.query(`grant all on all tables in schema public to ${role}`);
  const far = Object.assign(new URL(url), { username: role, password: 'secret' }).href;
  let ran = 0;
  let finish: () => void = () => undefined;
  const agent = async () => {
    ran += 1;
    await new Promise<void>((resolve) => (finish = resolve));
    return { output: null, costUsd: 0.5 };
  };
  const harness = await startHarness({ half: { run: agent } }, { databaseUrl: far });
  const store = createPostgresStore(url, { maxConnections: 3 });
  const organizationId = await organizationWith(store, 10, {
    agentId: 'half',
    platform: 'in_process',
    functionName: 'half',
    estimatedCostUsd: 1,
  });
  const request = { organizationId, agentId: 'half', input: null };
  const running = harness.budget.invoke(request);
  await eventually(
    () => Promise.resolve(ran),
    (count) => count === 1,
  );

  await sql.query(`alter role ${role} connection limit 0`);
  await sql.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [role]);
  finish();
  const began = Date.now();
  const refused = await harness.budget.admission(request).catch((error: unknown) => error);
  expect(refused).toMatchObject({ type: 'ledger_unavailable' });
  expect(Date.now() - began).toBeGreaterThan(5_000);
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0, heldUsd: 1, executions: 1 });

  await sql.query(`alter role ${role} connection limit -1`);
  expect(await running).toMatchObject({ status: 'completed' });
  expect(ran).toBe(1);
  await eventually(
    () => spending(store, organizationId),
    ({ heldUsd }) => heldUsd === 0,
  );
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
  expect(await audit(store, organizationId)).toEqual([]);
  await harness.stop();
  await store.close();
  await sql.query(`drop owned by ${role}`);
  await sql.query(`drop role ${role}`);
  await sql.end();
});
