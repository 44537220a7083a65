import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { databaseIn, findPlaces, temporalIn } from '../../src/cli/reach';
import { addressesOn, leaveAddresses, removeAddresses } from '../../src/cli/running';
import { readConfig } from '../../src/config';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-running-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const running = {
  pid: process.pid,
  temporalAddress: '127.0.0.1:7233',
  namespace: 'default',
  webUi: 'http://127.0.0.1:8233',
  databaseUrl: 'postgresql://u:p@127.0.0.1:5432/x',
  taskQueue: 'theirs',
};
const lockedBy = (pid: number) => {
  writeFileSync(path.join(folder, 'agent-budget.pid'), String(pid));
};

test('the addresses of a start are found while it runs, by their owner only', async () => {
  expect(await addressesOn(folder)).toBeNull();
  lockedBy(process.pid);
  expect(await addressesOn(folder)).toBeNull();
  await leaveAddresses(folder, { ...running, pid: 1 });
  await leaveAddresses(folder, running);
  expect(await addressesOn(folder)).toEqual(running);
  expect(statSync(path.join(folder, 'running.json')).mode & 0o777).toBe(0o600);
  await removeAddresses(folder);
  expect(await addressesOn(folder)).toBeNull();
});

test.each([
  ['of a process that is gone', 999_999_999, JSON.stringify({ ...running, pid: 999_999_999 })],
  ['of an earlier process', process.pid, JSON.stringify({ ...running, pid: process.pid + 1 })],
  ['that are broken', process.pid, '{"pid":'],
  ['that lack something', process.pid, JSON.stringify({ pid: process.pid })],
])('addresses %s are none', async (_name, lock, text) => {
  lockedBy(lock);
  writeFileSync(path.join(folder, 'running.json'), text, { mode: 0o600 });
  expect(await addressesOn(folder)).toBeNull();
});

describe('where the servers are', () => {
  const placesWith = async (env: Record<string, string>) => {
    const config = readConfig({ AGENT_BUDGET_DATA: folder, ...env });
    return { config, places: await findPlaces(config) };
  };

  it('is what the environment says, before what runs here', async () => {
    lockedBy(process.pid);
    await leaveAddresses(folder, running);
    const { places } = await placesWith({ DATABASE_URL: 'postgresql://there/x' });
    expect(places.database).toEqual({ url: 'postgresql://there/x', by: 'DATABASE_URL' });
    expect(places.temporal).toMatchObject({ address: '127.0.0.1:7233', webUi: 'http://127.0.0.1:8233', by: folder });
    expect(places.taskQueue).toBe('theirs');
    expect((await placesWith({ AGENT_BUDGET_TASK_QUEUE: 'mine' })).places.taskQueue).toBe('mine');
    expect((await placesWith({ TEMPORAL_ADDRESS: 'there:7233' })).places).toMatchObject({
      taskQueue: 'agent-budget',
      temporal: { webUi: null },
    });
  });

  it('is said to be nowhere, with what to do', async () => {
    const { config, places } = await placesWith({});
    const advice = (what: string, name: string) =>
      `No ${what}: ${name} is not set, and no agent-budget is up on ${folder}. Set ${name}, or run \`agent-budget start\` (AGENT_BUDGET_DATA names its folder).`;
    expect(() => databaseIn(places, config)).toThrow(advice('ledger', 'DATABASE_URL'));
    expect(() => temporalIn(places, config)).toThrow(advice('Temporal server', 'TEMPORAL_ADDRESS'));
  });
});
