import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { InvocationFailed } from '../../src/client';
import { FailureType } from '../../src/contract/names/failures';
import { newOrganization, serve } from './support';

test.each([
  [1, 'CANCELLED', 503],
  [4, 'DEADLINE_EXCEEDED', 503],
  [8, 'RESOURCE_EXHAUSTED', 503],
  [10, 'ABORTED', 503],
  [13, 'INTERNAL: Received RST_STREAM with code 2', 503],
  [14, 'UNAVAILABLE', 503],
  [2, 'UNKNOWN', 500],
  [7, 'PERMISSION_DENIED', 500],
])("gRPC's %d (%s) is a %d", async (code, message, status) => {
  const cause = Object.assign(new Error(`${String(code)} ${message}`), { code, details: '', metadata: {} });
  await expectProblem(new ServiceError('Failed to describe Workflow', { cause }), status, message);
});

test('a server that has just come back and does not know its namespaces yet is a 503', async () => {
  await expectProblem(new NamespaceNotFoundError('default'), 503, 'Namespace');
});

test('an alert that a worker cannot send since it reaches no ledger is a 503, too', async () => {
  const lost = () => Promise.reject(new InvocationFailed(FailureType.ledgerUnavailable, 'away', null, undefined));
  const { ask, key, stop } = await serve({ alerts: { test: lost, sendAgain: lost } });
  const token = await key(newOrganization());
  await ask('put', '/api/v1/budgets/monthly', { token, body: { monthly_budget_usd: 1 } });
  expect(await ask('post', '/api/v1/budgets/monthly/alerts/test', { token })).toMatchObject({ status: 503 });
  const again = await ask('post', '/api/v1/budgets/monthly/alerts/1/send-again', { token, body: { channel: 'webhook' } });
  expect(again).toMatchObject({ status: 503 });
  await stop();
});

async function expectProblem(error: Error, status: number, unsaid: string): Promise<void> {
  const describe = () => Promise.reject(error);
  const { ask, key, stop } = await serve({ invocations: { describe } as never });
  const token = await key(newOrganization());
  const answer = await ask('get', '/api/v1/invocations/x', { token });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
  expect(answer.text).not.toContain(unsaid);
  await stop();
}
