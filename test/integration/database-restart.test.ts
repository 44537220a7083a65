import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationFailed } from '../../src/client';
import { freePort } from '../../src/ground/ports';
import { startEmbedded, type PostgresServer } from '../../src/ground/postgres';
import { postgresHome } from '../../src/ground/postgres-home';
import { audit } from '../../src/store/audit';
import { run } from '../../src/ground/child';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';

const silent = () => undefined;

// The migration library is an ES module, which jest cannot load; a process of its own can.
async function migrate(databaseUrl: string): Promise<void> {
  const compiled = path.join(__dirname, '../../dist/src/store/postgres/migrate.js');
  await run(process.execPath, ['-e', 'require(process.argv[1]).migrate(process.argv[2])', compiled, databaseUrl]);
}

async function ownPostgres(): Promise<{
  server: PostgresServer;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  remove: () => Promise<void>;
}> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-restart-'));
  chmodSync(folder, 0o755);
  const home = await postgresHome(folder);
  const port = await freePort();
  let server = await startEmbedded(home, silent, { wantedPort: port });
  const stop = () => server.stop();
  const start = async () => {
    server = await startEmbedded(home, silent, { wantedPort: port });
  };
  const remove = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, stop, start, remove };
}

test('PostgreSQL restarted under load: what ran is charged once, nothing stays held, and an outage is never an "allowed"', async () => {
  const postgres = await ownPostgres();
  await migrate(postgres.server.url);
  let ran = 0;
  const agent = async () => {
    ran += 1;
    await sleep(300);
    return { output: null, costUsd: 0.5 };
  };
  const harness = await startHarness({ half: { run: agent } }, { databaseUrl: postgres.server.url });
  const organizationId = await organizationWith(harness.store, 1_000, {
    agentId: 'half',
    platform: 'in_process',
    functionName: 'half',
    estimatedCostUsd: 1,
  });
  const invoke = () => harness.budget.invoke({ organizationId, agentId: 'half', input: null }).catch((error: unknown) => error);

  const running: Promise<unknown>[] = [];
  const load = (async () => {
    for (let n = 0; n < 150; n += 1) {
      running.push(invoke());
      await sleep(20);
    }
  })();
  await sleep(600);
  await postgres.stop();
  await sleep(1_000);
  await postgres.start();
  await load;
  const results = await Promise.all(running);

  const failures = results.filter((result) => result instanceof Error);
  for (const failure of failures)
    expect(failure).toMatchObject({ name: 'InvocationFailed', type: 'ledger_unavailable' } satisfies Partial<InvocationFailed>);
  expect(ran).toBe(results.length - failures.length);
  const { spentUsd, executions } = await eventually(
    () => spending(harness.store, organizationId),
    ({ heldUsd }) => heldUsd === 0,
  );
  expect({ spentUsd, executions }).toEqual({ spentUsd: 0.5 * ran, executions: ran });
  expect(await audit(harness.store, organizationId)).toEqual([]);
  await harness.stop();
  await postgres.remove();
});

test('a ledger that stays away: reserve fails as ledger_unavailable after about 10 s, and nothing ran', async () => {
  const postgres = await ownPostgres();
  await migrate(postgres.server.url);
  let ran = 0;
  const harness = await startHarness(
    { half: { run: () => Promise.resolve({ output: (ran += 1), costUsd: 0.5 }) } },
    { databaseUrl: postgres.server.url },
  );
  const organizationId = await organizationWith(harness.store, 10, {
    agentId: 'half',
    platform: 'in_process',
    functionName: 'half',
    estimatedCostUsd: 1,
  });
  await postgres.stop();
  const began = Date.now();
  const failure = await harness.budget.admission({ organizationId, agentId: 'half', input: null }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'ledger_unavailable' });
  expect(Date.now() - began).toBeLessThan(30_000);
  expect(Date.now() - began).toBeGreaterThan(5_000);
  await postgres.start();
  expect(ran).toBe(0);
  await eventually(
    () => harness.budget.admission({ organizationId, agentId: 'half', input: null }),
    ({ status }) => status === 'granted',
  );
  await harness.stop();
  await postgres.remove();
});
