import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { reachServers } from '../../src/cli/servers';
import { startService } from '../../src/cli/service';
import { readConfig } from '../../src/config';
import type { Ground } from '../../src/ground/ground';
import { NEVER } from '../../src/ground/stopping';
import { setting } from '../support/setting';

// Not bundled: that would be kept beside the sources.
jest.mock('../../src/worker/bundle', () => ({ workflowBundle: () => Promise.resolve({ code: '' }) }));
afterEach(() => {
  jest.restoreAllMocks();
});

const config = readConfig({ AGENT_BUDGET_TASK_QUEUE: 'left-open' });
const groundOf = (namespace: string) => {
  const stop = jest.fn(() => Promise.resolve());
  const temporal = { address: setting('TEST_TEMPORAL_ADDRESS'), namespace, uiUrl: null, stop };
  return { temporal, postgres: { url: setting('TEST_DATABASE_URL'), stop }, stop } satisfies Ground;
};

test('a namespace that is not there leaves no connection open', async () => {
  const closed = jest.spyOn(Connection.prototype, 'close');
  const ground = groundOf('nowhere');
  await expect(reachServers(ground, config, undefined, NEVER)).rejects.toThrow('has no namespace "nowhere"');
  expect([closed.mock.calls.length, ground.stop.mock.calls.length]).toEqual([1, 1]);
});

test.each([
  ['fails', new AbortController()],
  ['is stopped', new AbortController()],
])('a worker whose making %s leaves no connection open', async (how, stopping) => {
  const closed = [jest.spyOn(Connection.prototype, 'close'), jest.spyOn(NativeConnection.prototype, 'close')];
  jest.spyOn(Worker, 'create').mockImplementation(() => {
    if (how === 'fails') return Promise.reject(new Error('no worker'));
    stopping.abort(new Error('no worker'));
    return new Promise(() => undefined);
  });
  const ground = groundOf('default');
  await expect(startService(() => Promise.resolve(ground), config, stopping.signal)).rejects.toThrow('no worker');
  expect([...closed.map(({ mock }) => mock.calls.length), ground.stop.mock.calls.length]).toEqual([1, 1, 1]);
});
