import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serve, type Served } from '../agents/serve';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { setting } from '../support/setting';
import { commandLine, emptyFolder, linesOf, spawnCommand, endOf, type CommandLine, type Env } from './command-line';
import { startWorker, type ServerProcess } from './server-support';

let folder: string;
let env: Env;
let cli: CommandLine;
let worker: ServerProcess;
let agent: Served;
/** What the agent and the webhook answer, by the last part of the path. */
const answers = new Map<string, (response: ServerResponse) => void>();
const waiting: ServerResponse[] = [];

beforeAll(async () => {
  folder = emptyFolder();
  agent = await serve((response, { url = '' }) => {
    const answer = answers.get(url.slice(1));
    if (answer === undefined) response.end(JSON.stringify({ text: 'hello', cost: 0.6 }));
    else answer(response);
  });
  answers.set('never', (response) => waiting.push(response));
  answers.set('broken', (response) => response.writeHead(400).end('{}'));
  answers.set('refused', (response) => response.writeHead(404).end());
  env = {
    AGENT_BUDGET_DATA: folder,
    AGENT_BUDGET_TASK_QUEUE: `cli-${randomUUID()}`,
    AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1',
    DATABASE_URL: await createDatabase(setting('TEST_DATABASE_URL')),
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
  };
  cli = commandLine(env);
  worker = await startWorker(env);
});
afterAll(async () => {
  await worker.end('SIGTERM');
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An organization with a budget of a dollar a month and an agent at a path, which costs 60 cents. */
async function organizationWith(at: string, ...more: string[]): Promise<string> {
  const org = `org-${randomUUID()}`;
  await cli.document('budgets', 'put', 'monthly', '--org', org, '--monthly', '1', ...more);
  const rest = ['--platform', 'custom_rest_api', '--endpoint', `${agent.url}/${at}`, '--cost-field', 'cost', '--output-field', 'text'];
  await cli.document('agents', 'put', 'rest', '--org', org, ...rest, '--estimate', '0.7', '--attempts', '1');
  return org;
}

test('a worker says once that it is ready', () => {
  expect(worker.ready).toMatchObject({ event: 'ready', task_queue: env['AGENT_BUDGET_TASK_QUEUE'], pid: worker.pid });
  const { password } = new URL(String(env['DATABASE_URL']));
  expect(password).not.toBe('');
  expect(JSON.stringify(worker.ready)).not.toContain(password);
});

test('an invocation is run, found again by its key, denied, listed and shown', async () => {
  const org = await organizationWith('ok');
  const file = path.join(folder, 'input.json');
  writeFileSync(file, '{"question":"why"}');
  const invoke = ['invoke', 'rest', '--org', org];

  const first = await cli.run(...invoke, '--key', 'one', '--input', `@${file}`);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/^Status +completed\nCost +\$0\.60 of \$0\.70 reserved\n(.*\n)+\nhello\n$/);
  expect(JSON.parse(agent.received.at(-1)?.body ?? '')).toMatchObject({ input: { question: 'why' } });
  const again = await cli.document(...invoke, '--key', 'one', '--input', '{"question":"why"}');
  expect(again).toMatchObject({
    invocation_id: 'one',
    status: 'completed',
    output: 'hello',
    cost_usd: 0.6,
    reserved_usd: 0.7,
    denial: null,
  });
  expect(await cli.problem(...invoke, '--key', 'one', '--input', '2')).toMatchObject({ code: 1, error: { code: 'KeyConflict' } });

  const denied = await cli.piped('[1]', ...invoke, '--input', '-', '--json');
  expect(denied.code).toBe(3);
  expect(JSON.parse(denied.out)).toMatchObject({
    status: 'denied',
    cost_usd: 0,
    denial: { code: 'monthly_cost', budget_id: 'monthly', limit_usd: 1, spent_usd: 0.6, requested_usd: 0.7, available_usd: 0.4 },
  });
  const inText = await cli.run(...invoke, '--estimate', '5');
  expect(inText).toMatchObject({ code: 3, err: '' });
  expect(inText.out).toMatch(
    /^Status +denied\nWhy +Monthly budget exceeded\. Remaining: \$0\.40, Requested: \$5\.00\nBudget +monthly\nResets +20/,
  );
  expect((await cli.run(...invoke, '--async', '--key', 'three')).code).toBe(3);

  const runs = await eventually(
    () => cli.list('invocations', 'list', '--org', org),
    (all) => all.length === 4 && all.every(({ ended_at: end }) => end !== null),
  );
  expect(runs.map(({ status }) => status)).toEqual(['denied', 'denied', 'denied', 'completed']);
  expect(await cli.list('invocations', 'list', '--org', org, '--outcome', 'completed', '--agent', 'rest')).toMatchObject([
    { cost_usd: 0.6 },
  ]);
  expect(await cli.list('invocations', 'list', '--org', org, '--limit', '2')).toHaveLength(2);
  expect((await cli.run('invocations', 'list', '--org', org, '--outcome', 'completed')).out).toMatch(
    /\n20\S+ \S+ +completed +\S+ +rest +\$0\.60 +one\n$/,
  );
  expect((await cli.run('invocations', 'list', '--org', 'nobody')).out).toBe('No invocations.\n');

  expect(await cli.document('invocations', 'show', 'one', '--org', org)).toMatchObject({
    status: 'completed',
    phase: 'ended',
    cost_usd: 0.6,
  });
  expect((await cli.run('invocations', 'show', `agent-invocation/${org}/three`)).out).toMatch(/^Status +denied\nWhy /);
  expect(await cli.problem('invocations', 'show', 'four', '--org', org)).toMatchObject({ code: 1, error: { code: 'NotFound' } });
  expect((await cli.run('invocations', 'show', 'one')).code).toBe(2);
  expect((await cli.run('invocations', 'cancel', 'agent-budget-maintenance/x')).code).toBe(2);
  expect((await cli.run('invocations', 'cancel', 'one', '--org', org)).out).toMatch(/ had ended: completed\.\n$/);
});

test('a run that fails exits with 1 and shows what it was charged', async () => {
  const org = await organizationWith('broken');
  const failed = await cli.run('invoke', 'rest', '--org', org, '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.out)).toMatchObject({
    status: 'failed',
    cost_usd: 0,
    error: { type: expect.any(String) as unknown },
    output: null,
  });
  expect((await cli.run('invoke', 'rest', '--org', org)).out).toMatch(/^Status +failed\nCost +\$0\.00 of \$0\.70 reserved\nError +\w+: /);
  expect(await cli.problem('invoke', 'nobody', '--org', org)).toMatchObject({ code: 1, error: { code: 'AgentNotFound' } });
  expect((await cli.run('invoke', 'rest', '--org', org, '--input', 'hello')).err).toBe(
    '--input is no JSON. A text needs its quotes: --input \'"hello"\'. Or name a file: --input @input.json.\n',
  );
});

test('what was started without waiting is cancelled, and Ctrl-C leaves a run to itself', async () => {
  const org = await organizationWith('never');
  expect(await cli.document('invoke', 'rest', '--org', org, '--async', '--key', 'slow')).toMatchObject({
    status: 'granted',
    reserved_usd: 0.7,
  });
  await eventually(
    () => cli.document('invocations', 'show', 'slow', '--org', org),
    ({ phase }) => phase === 'running',
  );
  expect(await cli.document('invocations', 'cancel', 'slow', '--org', org)).toMatchObject({ status: 'cancelling' });
  await eventually(
    () => cli.document('invocations', 'show', 'slow', '--org', org),
    ({ status }) => status === 'cancelled',
  );

  await cli.document('budgets', 'put', 'monthly', '--org', org, '--monthly', '9');
  const child = spawnCommand(env, ['invoke', 'rest', '--org', org, '--key', 'left']);
  const ended = endOf(child);
  await eventually(
    () => Promise.resolve(waiting.length),
    (calls) => calls === 2,
  );
  // Asked for by the agent before the command line has begun to wait for its answer.
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGINT');
  expect(await ended).toMatchObject({
    code: 130,
    err: expect.stringContaining(`agent-budget invocations cancel agent-invocation/${org}/left`) as unknown,
  });
  waiting.at(-1)?.end(JSON.stringify({ text: 'late', cost: 0.1 }));
  await eventually(
    () => cli.document('invocations', 'show', 'left', '--org', org),
    ({ status }) => status === 'completed',
  );
});

test('where no worker is, or no server, it is unavailable', async () => {
  const org = await organizationWith('ok');
  const elsewhere = commandLine({ ...env, AGENT_BUDGET_TASK_QUEUE: `nobody-${randomUUID()}` });
  const { code, err } = await elsewhere.run('invoke', 'rest', '--org', org, '--key', 'lost', '--patience', '1s');
  expect(code).toBe(4);
  expect(err).toMatch(/^No worker on task queue nobody-\S+ decided within 1\.0 s\. .*`agent-budget invocations cancel lost --org org-/);
  expect((await elsewhere.run('alerts', 'test', 'monthly', '--org', org, '--patience', '1s')).code).toBe(4);
  const nowhere = commandLine({ ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(await nowhere.problem('invocations', 'list')).toMatchObject({ code: 4, error: { code: 'Unavailable' } });
  expect((await nowhere.run('worker')).err).toMatch(/^No Temporal server answers at 127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\): /);
});

test('alerts are tested, listed, and sent again', async () => {
  const org = await organizationWith('ok', '--webhook', `${agent.url}/refused`, '--thresholds', '0.5', '--cooldown', '0');
  const refused = await cli.run('alerts', 'test', 'monthly', '--org', org, '--json');
  expect(refused.code).toBe(1);
  expect(linesOf(refused.out)).toMatchObject([{ channel: 'webhook', is_delivered: false }]);
  expect((await cli.run('alerts', 'list', 'monthly', '--org', org)).out).toBe('No alerts.\n');

  await cli.document('invoke', 'rest', '--org', org);
  const stateOf = async () => (await cli.list('alerts', 'list', 'monthly', '--org', org)).at(0);
  const failed = await eventually(stateOf, (alert) => JSON.stringify(alert?.['deliveries'] ?? '').includes('"failed"'));
  expect(failed).toMatchObject({
    event: 'budget.warning',
    deliveries: [{ channel: 'webhook', state: 'failed' }],
    crossings: [{ threshold: 0.5, usage: 0.6 }],
  });
  answers.delete('refused');
  const again = ['alerts', 'send-again', 'monthly', String(failed?.['alert_id']), '--org', org, '--channel'];
  expect((await cli.run(...again, 'webhook')).out).toMatch(/^Alert \d+ goes out by webhook again\.\n$/);
  await eventually(stateOf, (alert) => JSON.stringify(alert?.['deliveries']).includes('"sent"'));
  expect((await cli.run('alerts', 'list', 'monthly', '--org', org)).out).toMatch(/budget\.warning +60 % +webhook +sent +http:/);
  expect(await cli.problem(...again, 'email')).toMatchObject({ code: 1, error: { code: 'NotFound' } });
  expect((await cli.run('alerts', 'test', 'monthly', '--org', org)).out).toMatch(/\nwebhook +yes /);
  expect(await cli.problem('alerts', 'test', 'nothing', '--org', org)).toMatchObject({ code: 1, error: { code: 'BudgetNotFound' } });
});

test('alerts of a budget that tells nobody cannot be tested, and that is said', async () => {
  const org = await organizationWith('ok');
  expect(await cli.problem('alerts', 'test', 'monthly', '--org', org)).toEqual({
    code: 1,
    error: { code: 'NotFound', message: expect.stringMatching(/^monthly tells nobody: give it a webhook or recipients/) as unknown },
  });
});

test('a worker drains on SIGTERM: what its agent is at is settled before it ends', async () => {
  const own = { ...env, AGENT_BUDGET_TASK_QUEUE: `drain-${randomUUID()}` };
  const [draining, line] = [await startWorker(own), commandLine(own)];
  const org = await organizationWith('never');
  const calls = waiting.length;
  const result = line.document('invoke', 'rest', '--org', org, '--key', 'last');
  await eventually(
    () => Promise.resolve(waiting.length),
    (now) => now === calls + 1,
  );
  const ended = draining.end('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  waiting.at(-1)?.end(JSON.stringify({ text: 'done', cost: 0.1 }));
  expect(await ended).toMatchObject({ code: 0, err: 'Stopping: runs in flight get 15 s to end.\n' });
  // The agent's cost is in the ledger, and the hold is settled; the run itself is ended by whichever worker comes next.
  const entries = await cli.list('budgets', 'entries', 'monthly', '--org', org);
  expect(entries).toMatchObject([{ kind: 'charge', spent_usd: 0.1 }, { kind: 'commit' }]);
  const next = await startWorker(own);
  expect(await result).toMatchObject({ status: 'completed', output: 'done', cost_usd: 0.1, attempts: 1 });
  expect((await next.end('SIGINT')).code).toBe(0);
});
