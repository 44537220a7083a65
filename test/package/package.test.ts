import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { fromUsd } from '../../src/domain/money';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { entries as ledgerEntries } from '../../src/store/reports';
import { budgetOf, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { installQuietRuntime } from '../support/harness';
import { setting } from '../support/setting';
import { createConsumer, type Consumer } from './consumer';
import { compileApps, FRAMEWORKS, loadApp } from './frameworks';
import { ROOT, run } from './pack';

interface Manifest {
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { exports: entries } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
const names = Object.keys(entries).filter((name) => !name.endsWith('.json'));

let consumer: Consumer;
const workers: ChildProcess[] = [];
beforeAll(async () => {
  consumer = await createConsumer();
});
afterAll(async () => {
  await Promise.all(workers.map(kill));
  consumer.remove();
});

test('the tarball is small, and holds what runs: no tests, no sources but the migrations, no maps', () => {
  const { size, files } = consumer.packed;
  expect(size).toBeLessThan(1_000_000);
  // So that no start has to bundle, nor to write where the package is installed.
  expect(files.map(({ path: file }) => file)).toContain('dist/workflows/bundle.generated.js');
  const strange = files.filter(
    ({ path: file }) =>
      !/^(dist\/(src|workflows|activities)\/.+(?<!\.test)\.(js|d\.ts)|src\/store\/postgres\/migrations\/\d+_\w+\.sql|[^/]+)$/.test(file),
  );
  expect(strange).toEqual([]);
  expect(
    files
      .filter(({ path: file }) => !file.includes('/'))
      .map(({ path: file }) => file)
      .sort(),
  ).toEqual(['LICENSE', 'README.md', 'package.json']);
  expect(files.filter(({ path: file }) => file.endsWith('.sql'))).not.toEqual([]);
});

test('nothing is installed but what the package names', () => {
  const is = (name: string) => lstatSync(path.join(consumer.folder, 'node_modules', name), { throwIfNoEntry: false });
  // Where npm had no way to install it, that was told.
  if (consumer.isInstalled) expect(is('pg')?.isDirectory()).toBe(true);
  expect(is('pg')).toBeDefined();
  expect(['eslint', 'jest', 'express', '@types/express', 'openapi-fetch'].filter((name) => is(name) !== undefined)).toEqual([]);
});

test.each(names)('%s can be imported from the package, with types and without side effects', async (name) => {
  const entry = entries[name];
  if (entry === undefined || typeof entry === 'string') throw new Error(`${name} has no types`);
  const installed = path.join(consumer.folder, 'node_modules/agent-budget');
  expect(existsSync(path.join(installed, entry.types))).toBe(true);
  const specifier = path.posix.join('agent-budget', name);
  const script = `
    const before = new Set(Object.getOwnPropertyNames(globalThis));
    const listeners = process.eventNames().length;
    require(${JSON.stringify(specifier)});
    const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name) && !name.startsWith('__')); // zod's, tslib's
    const handles = process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap');
    console.log(JSON.stringify({ globals, handles, listeners: process.eventNames().length - listeners }));`;
  const { stdout, stderr } = await run(process.execPath, ['-e', script], { cwd: consumer.folder });
  expect([stdout.trim(), stderr]).toEqual([JSON.stringify({ globals: [], handles: [], listeners: 0 }), '']);
});

let apps: Promise<void> | undefined;
const compiled = () => (apps ??= compileApps(consumer));

test.each(FRAMEWORKS)('the middleware of an app on %s compiles, and loads, with %j', async (framework, packages) => {
  await expect(compiled()).resolves.toBeUndefined();
  await expect(loadApp(consumer, framework, packages)).resolves.toBeUndefined();
});

test('among them is the oldest hono that our range allows', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
  expect(`^${devDependencies['hono-4.10']?.replace('npm:hono@', '') ?? ''}`).toBe(dependencies['hono']);
});

test.each(['workflow', 'workflows'])('agent-budget/%s alone is all that the workflow sandbox takes', async (name) => {
  const workflowsPath = require.resolve(`agent-budget/${name}`, { paths: [consumer.folder] });
  expect(workflowsPath).toContain(consumer.folder);
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  expect(code).not.toMatch(/node_modules\/(zod|pg|undici|@temporalio\/(worker|client|activity))\//);
  expect(code.length).toBeLessThan(3_000_000);
});

test('a project of its own: its worker is killed in the middle, another one ends the run, charged once; its history replays', async () => {
  installQuietRuntime();
  const [address, databaseUrl] = [setting('TEST_TEMPORAL_ADDRESS'), setting('TEST_DATABASE_URL')];
  const store = createPostgresStore(databaseUrl);
  const connection = await Connection.connect({ address });
  const organizationId = `org-${randomUUID()}`;
  await store.putBudget(budgetOf(organizationId, { monthlyMicroUsd: fromUsd(1) }), Date.now());
  const taskQueue = `reports-${randomUUID()}`;
  const env = { TEMPORAL_ADDRESS: address, DATABASE_URL: databaseUrl, TASK_QUEUE: taskQueue };

  const first = startWorker({ ...env, RESEARCH_MS: '60000' });
  const args = [organizationId, 'owls'];
  const handle = await new Client({ connection }).workflow.start('report', { workflowId: randomUUID(), taskQueue, args });
  await eventually(
    () => Promise.resolve(first.output()),
    (output) => output.includes('researching owls'),
  );
  expect(await spending(store, organizationId)).toMatchObject({ heldUsd: 0.5, spentUsd: 0 });
  await kill(first.child);

  const second = startWorker({ ...env, RESEARCH_MS: '0' });
  expect(await handle.result()).toMatchObject({ status: 'completed', value: 'All about owls', hold: { chargedUsd: 0.3 } });
  expect(second.output()).toBe('researching owls\n');
  expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.3, heldUsd: 0, executions: 1 });
  expect((await ledgerEntries(store, organizationId)).filter(({ kind }) => kind === 'charge')).toHaveLength(1);
  expect(await audit(store, organizationId)).toEqual([]);

  const workflowsPath = path.join(consumer.folder, 'dist/workflows.js');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const history = await handle.fetchHistory();
  await expect(Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId)).resolves.toBeUndefined();

  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
  await Promise.all([store.close(), connection.close()]);
});

function startWorker(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEST_')));
  const child = spawn(process.execPath, ['dist/worker.js'], { cwd: consumer.folder, env: { ...inherited, ...env } });
  workers.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
