import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from '../../src/ground/ports';
import { serve } from '../agents/serve';
import { commandLine } from '../cli/command-line';
import { eventually } from '../support/eventually';
import { endServices, spawnService } from '../support/service';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-interrupted-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await endServices();
  rmSync(folder, { recursive: true, force: true });
});

async function environment() {
  const [temporal, webUi, api] = [await freePort(), await freePort(), await freePort()];
  const env = {
    AGENT_BUDGET_DATA: path.join(folder, 'data'),
    TEMPORAL_PORT: String(temporal),
    TEMPORAL_UI_PORT: String(webUi),
    PORT: String(api),
  };
  return { env, temporal };
}

/** The process that a pid file names; null when none lives. */
function living(file: string): number | null {
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}

/** The embedded servers that live. As root, PostgreSQL keeps its data where it can reach it. */
const serversIn = (data: string) =>
  [path.join(data, 'temporal.pid'), path.join(data, 'postgres/data/postmaster.pid')].flatMap((file) => living(file) ?? []);

test.each([500, 1_000, 1_500, 2_000])(
  'Ctrl-C %d ms into a first start ends it at once, with what it has started, and nothing is said of a service that is up',
  async (afterMs) => {
    const { env, temporal } = await environment();
    const service = spawnService(env);
    await sleep(afterMs);
    const began = performance.now();
    // As a terminal and npm do, each once.
    service.child.kill('SIGINT');
    const code = await service.end('SIGINT');
    expect(performance.now() - began).toBeLessThan(12_000);
    const isSaidToBeUp = service.events.some(({ event }) => event === 'ready' || event === 'example');
    // Before Node listened, while it came up, or once it was up: which of them is the machine's to say.
    expect([
      [null, '', false],
      [130, 'Stopped before it was up.\n', false],
      [0, '', true],
    ]).toContainEqual([code, service.errors(), isSaidToBeUp]);
    expect(serversIn(env.AGENT_BUDGET_DATA)).toEqual([]);
    expect(await isPortFree(temporal)).toBe(true);
    expect(existsSync(path.join(env.AGENT_BUDGET_DATA, 'agent-budget.pid'))).toBe(false);
  },
);

test('a start that was broken off can be made again', async () => {
  const { env } = await environment();
  const broken = spawnService(env);
  // PostgreSQL's data are being made.
  await eventually(
    () => Promise.resolve(existsSync(path.join(env.AGENT_BUDGET_DATA, 'postgres/data'))),
    (isThere) => isThere,
  );
  expect(await broken.end('SIGTERM')).toBe(130);
  const whole = spawnService(env);
  await whole.event(({ event, status }) => event === 'receipt' && status === 'completed');
  expect([await whole.end('SIGTERM'), whole.errors()]).toEqual([0, '']);
});

test('the second Ctrl-C waits for no drain, and leaves no server behind', async () => {
  const { env } = await environment();
  const asked: unknown[] = [];
  const agent = await serve((_response, request) => asked.push(request));
  const service = spawnService({ ...env, AGENT_BUDGET_ALLOW_PRIVATE_TARGETS: '1' });
  await service.event(({ event, status }) => event === 'receipt' && status === 'denied');
  const servers = serversIn(env.AGENT_BUDGET_DATA);
  expect(servers).toHaveLength(2);
  const cli = commandLine({ AGENT_BUDGET_DATA: env.AGENT_BUDGET_DATA });
  await cli.document('agents', 'put', 'deaf', '--org', 'acme', '--platform', 'custom_rest_api', '--endpoint', agent.url);
  await cli.document('invoke', 'deaf', '--org', 'acme', '--async');
  await eventually(
    () => Promise.resolve(asked.length),
    (calls) => calls > 0,
  );
  service.child.kill('SIGINT');
  await sleep(1_000);
  expect(service.child.exitCode).toBeNull();
  const began = performance.now();
  expect(await service.end('SIGINT')).toBe(130);
  // A drain takes 15 s.
  expect(performance.now() - began).toBeLessThan(12_000);
  await eventually(
    () => Promise.resolve(serversIn(env.AGENT_BUDGET_DATA)),
    (alive) => alive.length === 0,
  );
  await agent.close();
});
