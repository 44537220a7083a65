import { Client } from 'pg';
import type { InProcessAgent } from '../../src/agents/agent';
import { closedPort } from '../agents/serve';
import { createDatabase, urlOf } from '../support/database';
import { organizationWith } from '../support/budgets';
import { eventually } from '../support/eventually';
import { installQuietRuntime, startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

const dear: InProcessAgent = { run: () => Promise.resolve({ output: 'done', costUsd: 0.25 }) };

let harness: Harness;
let databaseUrl: string;
let metricsUrl: string;
beforeAll(async () => {
  const bindAddress = `127.0.0.1:${String(await closedPort())}`;
  metricsUrl = `http://${bindAddress}/metrics`;
  installQuietRuntime({ prometheus: { bindAddress } });
  databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  harness = await startHarness({ dear }, { databaseUrl });
});
afterAll(() => harness.stop());

/** Our counters over all activities: name with the outcome, if there is one. */
async function counted(): Promise<Record<string, number>> {
  const text = await (await fetch(metricsUrl)).text();
  const sums: Record<string, number> = {};
  for (const [, name = '', labels = '', value] of text.matchAll(/^agent_budget_(decisions|charged_usd_(?:sum|count))\{(.*)\} (\S+)$/gm)) {
    const key = `${name} ${/outcome="(\w+)"/.exec(labels)?.[1] ?? ''}`.trim();
    sums[key] = (sums[key] ?? 0) + Number(value);
  }
  return sums;
}

const dropDatabase = async () => {
  const client = new Client({ connectionString: urlOf(databaseUrl, 'postgres') });
  await client.connect();
  await client.query(`drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
  await client.end();
};

test('what is granted, denied and charged is counted, and what an outage leaves undecided', async () => {
  const organizationId = await organizationWith(harness.store, 1, {
    agentId: 'dear',
    platform: 'in_process',
    functionName: 'dear',
    estimatedCostUsd: 0.25,
  });
  const invoke = (estimatedCostUsd: number) => harness.budget.invoke({ organizationId, agentId: 'dear', input: null, estimatedCostUsd });
  await invoke(0.25);
  await invoke(0.25);
  await invoke(5);
  expect(await counted()).toEqual({
    'decisions granted': 2,
    'decisions denied': 1,
    charged_usd_sum: 0.5,
    charged_usd_count: 2,
  });
  await dropDatabase();
  // Nobody waits for this run: it ends when the ledger is back, and this one will not be.
  await harness.budget.start({ organizationId, agentId: 'dear', input: null });
  await eventually(counted, ({ 'decisions unavailable': unavailable = 0 }) => unavailable > 0);
});
