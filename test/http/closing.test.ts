import { createBudgetClient } from '../../src/client';
import { eventually } from '../support/eventually';
import type { Harness } from '../support/harness';
import { AGENTS, registerAgents } from './agents';
import { newOrganization, serve, type TestApi } from './support';
import { serveWithWorker } from './with-worker';

describe('invocations', () => {
  let served: TestApi & { harness: Harness };
  let organizationId: string;
  let token: string;
  beforeAll(async () => {
    served = await serveWithWorker(AGENTS);
  });
  afterAll(() => served.stop());
  beforeEach(async () => {
    organizationId = newOrganization();
    token = await served.key(organizationId);
    await registerAgents(served, token);
  });

  it('that somebody waits for are answered 202, with where they are, when the server closes', async () => {
    const closing = await serve({ store: served.store, invocations: served.harness.budget });
    const waiting = closing.ask('post', '/api/v1/external-agents/slow/invoke', {
      token,
      body: { input: 25_000 },
      headers: { 'Idempotency-Key': 'k' },
    });
    await eventually(
      () => served.ask('get', '/api/v1/invocations/k', { token }),
      ({ body }) => body['phase'] === 'running',
    );
    const began = Date.now();
    await closing.stop();
    expect(Date.now() - began).toBeLessThan(10_000);
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 202, body: { status: 'running' } });
    expect(answer.headers.get('location')).toBe('/api/v1/invocations/k');
    await served.ask('post', '/api/v1/invocations/k/cancel', { token });
  });

  it('that no worker has decided are answered 202 as well when the server closes', async () => {
    const unserved = createBudgetClient(served.harness.temporal, { taskQueue: `nobody-${organizationId}` });
    const closing = await serve({ store: served.store, invocations: unserved });
    const path = '/api/v1/external-agents/echo/invoke';
    const waiting = closing.ask('post', path, { token, body: { input: 1 }, headers: { 'Idempotency-Key': 'k' } });
    await eventually(
      () => served.ask('get', '/api/v1/invocations/k', { token }),
      ({ status }) => status === 200,
    );
    await closing.stop();
    expect(await waiting).toMatchObject({ status: 202, body: { invocation_id: 'k', cost_usd: null } });
    await unserved.cancel(`agent-invocation/${organizationId}/k`);
  });
});
