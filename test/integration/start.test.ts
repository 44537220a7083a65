import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../src/ground/ports';
import { commandLine } from '../cli/command-line';
import { startWorker } from '../cli/server-support';
import { eventually } from '../support/eventually';
import { endServices, spawnService } from '../support/service';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-start-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await endServices();
  rmSync(folder, { recursive: true, force: true });
});

/** What the Web UI shows under Schedules, and its button Trigger. */
async function triggerReset(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { schedule, workflow } = new Client({ connection });
  const handle = schedule.getHandle('monthly-reset/UTC@agent-budget');
  await handle.trigger();
  const [run] = await eventually(
    async () => (await handle.describe()).info.recentActions,
    (actions) => actions.length === 1,
  );
  expect(await workflow.getHandle(run?.action.workflow.workflowId ?? '').result()).toMatchObject({ isDone: true, periods: 0 });
  await connection.close();
}

const ports = async () => ({
  TEMPORAL_PORT: String(await freePort()),
  TEMPORAL_UI_PORT: String(await freePort()),
  PORT: String(await freePort()),
});

const inShell = (command: string) => promisify(execFile)('sh', ['-c', command]).then(({ stdout }) => JSON.parse(stdout) as unknown);

test('a first start runs until the budget warns and denies; a second one keeps the state, makes one more run, and Ctrl-C ends both', async () => {
  const env = { AGENT_BUDGET_DATA: path.join(folder, 'data'), ...(await ports()) };
  const document = path.join(folder, 'document.md');
  writeFileSync(document, 'Budgets hold money before it is spent. An agent spends it. What is left returns to the budget. '.repeat(40));

  const first = spawnService(env, ['--input', document]);
  await first.event(({ event, status }) => event === 'receipt' && status === 'denied');
  const receipts = first.events.filter(({ event }) => event === 'receipt');
  expect(receipts.slice(0, -1).every(({ status }) => status === 'completed')).toBe(true);
  expect(receipts.some(({ grant }) => (grant as { warningMessage?: string } | null)?.warningMessage?.startsWith('Budget warning'))).toBe(
    true,
  );
  expect(receipts.at(-1)).toMatchObject({ denial: { code: 'monthly_cost' }, link: expect.stringContaining('/workflows/') as unknown });
  const { command } = await first.event(({ event }) => event === 'example');
  const { api } = await first.event(({ event }) => event === 'ready');
  expect([api, command]).toEqual([
    `http://127.0.0.1:${env.PORT}`,
    expect.stringContaining(`curl -sS http://127.0.0.1:${env.PORT}/api/v1/`),
  ]);
  const [called, again] = [await inShell(String(command)), await inShell(String(command))];
  expect(called).toMatchObject({
    status: 'completed',
    external_agent_id: 'summarizer',
    web_ui_link: expect.stringContaining('/workflows/') as unknown,
  });
  expect(again).toMatchObject({ status: 'completed', output: { title: 'Budgets' } });
  await triggerReset(`127.0.0.1:${env.TEMPORAL_PORT}`);
  const other = spawnService(env);
  expect(await other.end('SIGCONT')).toBe(1);
  expect(other.errors()).toMatch(/^Another agent-budget runs on .* Stop it, or set AGENT_BUDGET_DATA to another folder\.\n$/);
  expect(await first.end('SIGINT')).toBe(0);

  const began = performance.now();
  const second = spawnService(env, ['--input', document]);
  await second.event(({ event }) => event === 'ready');
  // About 2 s where nothing else runs.
  expect(performance.now() - began).toBeLessThan(15_000);
  await second.event(({ event, status }) => event === 'receipt' && status === 'denied');
  expect(second.events.find(({ event }) => event === 'budget')).toMatchObject({ budgetId: 'summarizer-monthly' });
  expect(second.events.filter(({ event }) => event === 'receipt')).toHaveLength(1);
  expect(await second.end('SIGINT')).toBe(0);
});

test('commands find the servers of a start by its data folder, for as long as it is up', async () => {
  const env = { AGENT_BUDGET_DATA: path.join(folder, 'data'), ...(await ports()) };
  const cli = commandLine({ AGENT_BUDGET_DATA: env.AGENT_BUDGET_DATA });
  expect((await cli.run('budgets', 'list')).code).toBe(4);
  const service = spawnService(env);
  await service.event(({ event, status }) => event === 'receipt' && status === 'denied');
  expect(statSync(path.join(env.AGENT_BUDGET_DATA, 'running.json')).mode & 0o777).toBe(0o600);
  expect(await cli.list('budgets', 'list')).toMatchObject([{ organization_id: 'sample', budget_id: 'summarizer-monthly' }]);
  const denied = await cli.run('invoke', 'summarizer', '--org', 'sample', '--estimate', '9', '--json');
  expect(denied.code).toBe(3);
  expect(JSON.parse(denied.out)).toMatchObject({ status: 'denied', web_ui_link: expect.stringContaining(env.TEMPORAL_UI_PORT) as unknown });
  const worker = await startWorker({ AGENT_BUDGET_DATA: env.AGENT_BUDGET_DATA });
  expect(worker.ready).toMatchObject({ temporal: `127.0.0.1:${env.TEMPORAL_PORT}`, task_queue: 'agent-budget' });
  expect((await cli.run('doctor')).out).toMatch(/\nok +workers +2 workers lately .*\n(.*\n)*\nNothing fails\.\n$/);
  expect((await worker.end('SIGTERM')).code).toBe(0);
  expect(await service.end('SIGTERM')).toBe(0);
  expect(existsSync(path.join(env.AGENT_BUDGET_DATA, 'running.json'))).toBe(false);
  expect((await cli.run('budgets', 'list')).code).toBe(4);
});

test('a start whose predecessor was killed takes over the servers it left, and stops them in the end', async () => {
  const env = { AGENT_BUDGET_DATA: path.join(folder, 'data'), ...(await ports()) };
  const first = spawnService(env);
  await first.event(({ event }) => event === 'receipt');
  await first.end('SIGKILL');
  const second = spawnService(env);
  await second.event(({ event }) => event === 'receipt');
  expect(await second.end('SIGTERM')).toBe(0);
});

test.each([
  ['PORT that is none', { PORT: 'abc' }, /^PORT is "abc", which is no port\. Set it to .*\n$/],
  [
    'an unreachable TEMPORAL_ADDRESS',
    { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    /^No Temporal server answers at TEMPORAL_ADDRESS 127\.0\.0\.1:1\. Start it, or unset .*\n$/,
  ],
  [
    'an unreachable DATABASE_URL',
    { DATABASE_URL: 'postgresql://127.0.0.1:1/x' },
    /^No PostgreSQL answers at DATABASE_URL \(.*\)\. Start it, or unset .*\n$/,
  ],
])('%s: one clear line that says what to do', async (_name, bad, line) => {
  const service = spawnService({ AGENT_BUDGET_DATA: path.join(folder, 'data'), ...(await ports()), ...bad });
  expect(await service.end('SIGCONT')).toBe(1);
  expect(service.errors()).toMatch(line);
});

test.each([
  ['TEMPORAL_PORT', 'Set TEMPORAL_ADDRESS to use the server that runs there, or TEMPORAL_PORT to choose another.'],
  ['PORT', 'Set PORT to another.'],
])('%s in use: one clear line that says what to do', async (name, advice) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = String((taken.address() as AddressInfo).port);
  const service = spawnService({ AGENT_BUDGET_DATA: path.join(folder, 'data'), ...(await ports()), [name]: port });
  expect(await service.end('SIGCONT')).toBe(1);
  expect(service.errors()).toContain(`Port ${port} (${name}) is taken. ${advice}\n`);
  await new Promise((resolve) => taken.close(resolve));
});
