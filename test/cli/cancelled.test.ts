import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { cancelled } from '../../src/cli/commands/invocations';
import { setting } from '../support/setting';

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
});
afterAll(() => connection.close());

/** A run that nobody works on. */
const started = () => client.workflow.start('nothing', { workflowId: randomUUID(), taskQueue: `nobody-${randomUUID()}`, args: [] });

test('a run that is under way is asked to stop', async () => {
  const run = await started();
  expect(await cancelled(run)).toBeNull();
  await run.terminate();
});

// This server takes a request for a run that has ended; others, and proxies, do not know it any more.
const unknown = new WorkflowNotFoundError('workflow execution already completed', 'it', undefined);

test('a run that ends while it is asked had ended: how, is said', async () => {
  const run = await started();
  const cancel = async () => {
    await run.terminate();
    throw unknown;
  };
  expect(await cancelled({ describe: () => run.describe(), cancel })).toBe('TERMINATED');
});

test('a run that is not there is unknown, also one that is forgotten in this moment', async () => {
  const [run, other] = [await started(), client.workflow.getHandle(randomUUID())];
  await expect(cancelled(other)).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  const asked = [run, other];
  const forgotten = { describe: () => (asked.shift() ?? other).describe(), cancel: () => Promise.reject(unknown) };
  await expect(cancelled(forgotten)).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  await run.terminate();
});
