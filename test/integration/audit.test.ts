import { randomUUID } from 'node:crypto';
import { AgentFailure } from '../../src/agents/agent';
import type { InProcessAgents } from '../../src/agents/in-process';
import { startMaintenance } from '../../src/worker/start-maintenance';
import { invocationWorkflowId } from '../../src/contract/names/workflows';
import { fromUsd } from '../../src/domain/money';
import type { Run } from '../../src/domain/ledger';
import { perform } from '../../src/store/budget-store';
import { commandLine, type Env } from '../cli/command-line';
import { serve } from '../agents/serve';
import { ownLedger, type OwnLedger } from '../cli/own-ledger';
import { budgetOf, organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness, type Harness, type HarnessOptions } from '../support/harness';
import { resetRun } from '../support/reset-run';
import { setting } from '../support/setting';

const agents: InProcessAgents = {
  /** Asks to come back after the test. */
  busy: {
    run: () => {
      throw new AgentFailure('AgentRateLimited', 'later', {
        isRetryable: true,
        mayHaveBeenBilled: false,
        costUsd: 0,
        retryAfterMs: 600_000,
      });
    },
  },
  quick: { run: () => Promise.resolve({ output: null, costUsd: 0.01 }) },
};
const agent = { platform: 'in_process' as const, estimatedCostUsd: 1 };

let ledger: OwnLedger;
let env: Env;
let options: HarnessOptions;
let harness: Harness;
let cli: ReturnType<typeof commandLine>;
beforeAll(async () => {
  ledger = await ownLedger();
  const taskQueue = `audit-${randomUUID()}`;
  options = { databaseUrl: ledger.databaseUrl, taskQueue };
  env = {
    AGENT_BUDGET_DATA: ledger.folder,
    AGENT_BUDGET_TASK_QUEUE: taskQueue,
    DATABASE_URL: ledger.databaseUrl,
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
  };
  cli = commandLine(env);
  harness = await startHarness(agents, options);
});
afterAll(async () => {
  await harness.stop();
  await ledger.close();
});

async function reserve(organizationId: string, key: string, run: Run | null, at = Date.now()): Promise<void> {
  const call = { organizationId, teamId: null, userId: null, agentId: null };
  const estimateMicroUsd = fromUsd(0.5);
  const reserve = { key, at, run, call, estimateMicroUsd, ttlMs: 3_600_000, fingerprint: key, startsWork: false };
  await perform(harness.store, organizationId, { kind: 'reserve', ...reserve });
}

const held = (organizationId: string, heldUsd: number) =>
  eventually(
    () => spending(harness.store, organizationId),
    (now) => now.heldUsd === heldUsd,
  );

test('holds of workflows that ended are found, and settled on demand; of those that go on, of guards and of callers none is', async () => {
  const organizationId = await organizationWith(harness.store, 100, { ...agent, agentId: 'busy', functionName: 'busy' });
  const { workflow } = harness.temporal;
  const start = (workflowId: string, key?: string) =>
    workflow.start('sleepyWork', {
      workflowId,
      taskQueue: harness.taskQueue,
      args: [{ organizationId, estimatedCostUsd: 1, ttlMs: 3_600_000, ...(key !== undefined && { key }) }],
    });
  const own = await start(`work/${randomUUID()}`);
  const named = await start(`work/${randomUUID()}`, 'named');
  const alive = await start(`work/${randomUUID()}`);
  const reset = await start(`work/${randomUUID()}`);
  const gone = await harness.budget.start({ organizationId, agentId: 'busy', input: null, idempotencyKey: 'gone', ttlMs: 3_600_000 });
  expect(gone.workflowId).toBe(invocationWorkflowId(organizationId, 'gone'));
  await held(organizationId, 5);
  // It goes on under the hold that is recorded.
  await reset.signal('again');
  await eventually(
    () => reset.fetchHistory(),
    ({ events }) => (events?.filter((event) => event.workflowTaskCompletedEventAttributes).length ?? 0) > 1,
  );
  await resetRun(harness.temporal, reset.workflowId, 'last');
  await reserve(organizationId, 'callers-own', null);
  const guard = randomUUID();
  await reserve(organizationId, 'guarded', { runId: guard, firstExecutionRunId: guard });
  const unknown = randomUUID();
  await reserve(organizationId, `forgotten:${unknown}:1`, { runId: unknown, firstExecutionRunId: unknown });

  await harness.stop();
  // Its worker is away.
  harness = await startHarness({}, { ...options, taskQueue: `elsewhere-${randomUUID()}` });
  for (const { workflowId } of [own, named, gone]) await harness.temporal.workflow.getHandle(workflowId).terminate();

  const keys = (report: Record<string, unknown>) =>
    (report['findings'] as { kind: string; key: string }[]).map(({ kind, key }) => `${kind} ${key.split(':')[0] ?? ''}`).sort();
  const audit = ['audit', organizationId, '--grace', '0'];
  const expected = ['ended_workflow gone', 'ended_workflow named', `ended_workflow ${own.workflowId}`, 'unknown_workflow forgotten'].sort();
  const found = await eventually(
    async () => JSON.parse((await cli.run(...audit, '--json')).out) as Record<string, unknown>,
    (report) => keys(report).length >= expected.length,
  );
  expect(keys(found)).toEqual(expected);
  // What has just ended may be on its way to its settlement.
  expect(await cli.run('audit', organizationId)).toMatchObject({ code: 0 });

  const repaired = await cli.run(...audit, '--repair', '--yes');
  // It may be another namespace's.
  expect(repaired).toMatchObject({ code: 1, err: expect.stringContaining('--yes does not answer for these') as unknown });
  expect(repaired.err).toContain('3 × hold of an ended workflow. Settled now');
  // Two that go on, the guard's, the caller's and the forgotten one's.
  expect(await spending(harness.store, organizationId)).toMatchObject({ spentUsd: 2, heldUsd: 3.5 });
  for (const { workflowId } of [alive, reset]) await harness.temporal.workflow.getHandle(workflowId).terminate();
});

test('where Temporal cannot be asked, that is said, and is exit code 4 unless it was not to be', async () => {
  const organizationId = await organizationWith(harness.store, 100, { ...agent, agentId: 'quick', functionName: 'quick' });
  const elsewhere = commandLine({ ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(await elsewhere.run('audit', organizationId)).toMatchObject({ code: 0, err: '' });
  await reserve(organizationId, 'a', { runId: randomUUID(), firstExecutionRunId: 'f' });
  const silent = await elsewhere.run('audit', organizationId, '--json');
  expect([silent.code, JSON.parse(silent.out)]).toMatchObject([4, { is_proven: true, is_complete: false, findings: [] }]);
  expect(silent.err).toMatch(/^Not looked at, since Temporal could not be asked: .* --ledger-only leaves it out\.\n$/);
  expect(await elsewhere.run('audit', organizationId, '--ledger-only')).toMatchObject({ code: 0, err: '' });
});

test('an alert that waits is sent when a repair wakes its sender', async () => {
  // Else a worker's maintenance may be there first.
  await harness.stop();
  const told: string[] = [];
  const hook = await serve((response, request) => {
    told.push(request.url ?? '');
    response.end();
  });
  const organizationId = `org-${randomUUID()}`;
  const budget = budgetOf(organizationId, { monthlyMicroUsd: fromUsd(1) });
  await ledger.store.putBudget({ ...budget, alerts: { webhookUrl: `${hook.url}/told` } }, Date.now() - 120_000);
  const at = Date.now() - 60_000;
  const call = { organizationId, teamId: null, userId: null, agentId: null };
  // By a process that pokes nobody.
  await perform(ledger.store, organizationId, { kind: 'charge', key: 'a', at, call, amountMicroUsd: fromUsd(0.6), fingerprint: 'a' });
  const audit = ['audit', organizationId, '--grace', '10s'];
  expect(await cli.run(...audit)).toMatchObject({ code: 1, out: expect.stringContaining('waiting_alert') as unknown });
  harness = await startHarness({}, options);
  expect(await cli.run(...audit, '--repair', '--yes')).toMatchObject({ code: 0 });
  await eventually(
    () => Promise.resolve(told.length),
    (count) => count === 1,
  );
  await hook.close();
});

test('while calls come and go, runs start and end and alerts are sent, an audit finds nothing', async () => {
  await harness.stop();
  harness = await startHarness(agents, options);
  const there = harness;
  await startMaintenance(there.temporal, there.taskQueue);
  const seen = { calls: 0, runs: 0, alerts: 0 };
  const hook = await serve((response) => {
    seen.alerts += 1;
    response.end();
  });
  const organizationId = await organizationWith(there.store, 2, { ...agent, agentId: 'quick', functionName: 'quick' });
  const [budget] = await there.store.budgets(organizationId);
  if (budget === undefined) throw new Error('No budget');
  await there.store.putBudget({ ...budget, alerts: { webhookUrl: hook.url, cooldownMinutes: 0 } }, Date.now());
  let isOver = false;
  const reservations = Array.from({ length: 20 }, async (_, caller) => {
    for (let n = 0; !isOver; n += 1, seen.calls += 1) {
      const key = `${String(caller)}-${String(n)}`;
      await reserve(organizationId, key, null);
      const settled = { key, at: Date.now() };
      await (
        n % 2 === 0
          ? perform(there.store, organizationId, { kind: 'release', ...settled, onBehalfOf: null })
          : perform(there.store, organizationId, { kind: 'settle', ...settled })
      ).catch(() => undefined);
    }
  });
  const runs = Array.from({ length: 10 }, async () => {
    for (; !isOver; seen.runs += 1) {
      const { workflowId } = await there.budget.start({ organizationId, agentId: 'quick', input: null, estimatedCostUsd: 0.01 });
      await there.temporal.workflow.result(workflowId);
    }
  });
  const load = Promise.all([...reservations, ...runs]).then(() => null);
  const audits = [];
  try {
    // However slow the machine is: until there was enough to be audited. A load that fails ends it.
    while (audits.length < 2 || seen.calls <= 300 || seen.runs <= 10 || seen.alerts === 0) {
      audits.push(await Promise.race([cli.run('audit', organizationId, '--grace', '10s'), load]));
      if (audits.length > 100) throw new Error(`Nothing to audit: ${JSON.stringify(seen)}`);
    }
  } finally {
    isOver = true;
  }
  await load;
  expect(audits).toEqual(audits.map(() => ({ code: 0, out: 'Every balance of 1 organization is proven.\n', err: '' })));
  await there.temporal.workflow.getHandle(`agent-budget-maintenance/${there.taskQueue}`).terminate();
  await hook.close();
});
