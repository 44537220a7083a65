import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createBudgetClient, InvocationFailed } from '../../src/client';
import { invocationWorkflowId } from '../../src/contract/names/workflows';
import { isTemporalAway } from '../../src/http/outage';
import { eventually } from '../support/eventually';
import { setting } from '../support/setting';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: setting('TEST_TEMPORAL_ADDRESS') });
});
afterAll(() => connection.close());

test('a run that is terminated while its admission is asked for: the caller is told so, and no worker had to answer', async () => {
  const temporal = new Client({ connection });
  const [organizationId, idempotencyKey] = [`org-${randomUUID()}`, 'asked'];
  const client = createBudgetClient(temporal, { taskQueue: `nobody-${randomUUID()}` });
  const asked = client.admission({ organizationId, agentId: 'any', input: null, idempotencyKey }).catch((error: unknown) => error);
  const handle = temporal.workflow.getHandle(invocationWorkflowId(organizationId, idempotencyKey));
  await eventually(
    () => handle.describe().catch(() => null),
    (run) => run !== null,
  );
  await handle.terminate();
  const answer = await asked;
  expect(answer).toBeInstanceOf(InvocationFailed);
  expect(answer).toMatchObject({ type: 'Ended', receipt: null });
});

test('a run whose tasks die with their workers cannot be asked for now: that is an outage, and no error of ours', () => {
  const refused = Object.assign(new Error('9 FAILED_PRECONDITION: Update-with-Start could not be executed.'), {
    code: 9,
    details: '',
    metadata: {},
  });
  expect(isTemporalAway(refused)).toBe(true);
});
