import { invocationWorkflowId } from '../../src/contract/names/workflows';
import { ACCESS, isAllowed, type RouteName } from '../../src/http/access';
import { KeyRole } from '../../src/domain/api-key';
import { eventually } from '../support/eventually';
import type { Harness } from '../support/harness';
import { AGENTS } from './agents';
import { everythingOf } from './everything';
import { EXAMPLES, pathOf, seed, type Example, type Seeded } from './examples';
import { newOrganization, type Answer, type AskOptions, type TestApi } from './support';
import { serveWithWorker } from './with-worker';

const guarded = Object.entries(EXAMPLES).flatMap(([name, examples]) => {
  const [method = '', template = ''] = name.split(' ');
  return examples.slice(0, 1).map((example) => ({ name: name as RouteName, method, template, example }));
});

/** A run that goes on for as long as the tests do. */
const RUNNING = 'going-on';

describe('access matrix', () => {
  let served: TestApi & { harness: Harness };
  let organizationId: string;
  let seeded: Partial<Seeded>;
  let endRun = () => {};
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    const answered = new Promise<{ output: null; costUsd: number }>((resolve) => {
      endRun = () => {
        resolve({ output: null, costUsd: 0 });
      };
    });
    served = await serveWithWorker({ ...AGENTS, patient: { estimateCostUsd: () => 0.5, run: () => answered } });
    organizationId = newOrganization();
    for (const role of Object.values(KeyRole)) tokens.set(role, await served.key(organizationId, { role }));
    tokens.set('operator', await served.key(null));
    tokens.set('stranger', await served.key(newOrganization()));
    const token = tokens.get('admin') ?? '';
    seeded = await seed(served.ask, token);
    await served.ask('put', '/api/v1/external-agents/patient', { token, body: { platform: 'in_process', function_name: 'patient' } });
    const headers = { Prefer: 'respond-async', 'Idempotency-Key': RUNNING };
    await served.ask('post', '/api/v1/external-agents/patient/invoke', { token, body: { input: null }, headers });
    // Its attempt has begun: from here on it only waits.
    const { store } = served;
    await eventually(
      () => store.hold(organizationId, RUNNING),
      (hold) => hold?.attempts.length === 1,
    );
  });
  afterAll(async () => {
    endRun();
    await served.harness.budget.result(invocationWorkflowId(organizationId, RUNNING), AbortSignal.timeout(5_000));
    await served.stop();
  });

  const send = (method: string, example: Example, options: AskOptions): Promise<Answer> =>
    served.ask(method, pathOf(example, seeded), { ...options, body: example.body, headers: { ...example.headers, ...options.headers } });

  /** The organization's ledger and its run that goes on. */
  async function state(): Promise<string> {
    const run = served.harness.temporal.workflow.getHandle(invocationWorkflowId(organizationId, RUNNING));
    const [ledger, { status }] = await Promise.all([everythingOf(served.store, organizationId), run.describe()]);
    return `${status.name} ${ledger}`;
  }

  it('has an example of every route', () => {
    const withKey = Object.entries(ACCESS).filter(([, access]) => access !== 'public');
    expect(Object.keys(EXAMPLES).sort()).toEqual(withKey.map(([name]) => name).sort());
    const made = served.api.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'));
    const names = made.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect([...new Set(names)].sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  it.each(guarded)('$name asks for a key, and for a right one', async ({ method, example }) => {
    const before = await state();
    for (const token of [undefined, '', 'ab_wrong', `ab_${'A'.repeat(15)}_${'B'.repeat(49)}`, 'eyJhbGciOiJub25lIn0.e30.']) {
      const answer = await send(method, example, { token });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect(await send(method, example, { headers: { authorization: 'Basic YWI6Y2Q=' } })).toMatchObject({ status: 401 });
    expect(await state()).toBe(before);
  });

  it.each(guarded)("$name tells, changes and spends nothing with another organization's key", async ({ method, example }) => {
    const before = await state();
    const named = await send(method, example, { token: tokens.get('stranger'), headers: { 'X-Organization-Id': organizationId } });
    expect(named.status).toBe(403);
    const own = await send(method, example, { token: tokens.get('stranger') });
    expect(own.text).not.toMatch(/secret words/);
    expect(own.text).not.toContain(organizationId);
    expect(await state()).toBe(before);
  });

  it.each([
    ['cancel', `invocations/${RUNNING}`, undefined],
    ['commit', `reservations/${RUNNING}`, { actual_cost_usd: 0 }],
    ['release', `reservations/${RUNNING}`, undefined],
    ['extend', `reservations/${RUNNING}`, undefined],
    ['commit', 'reservations/hold-1', { actual_cost_usd: 0 }],
    ['release', 'reservations/hold-1', undefined],
    ['extend', 'reservations/hold-1', undefined],
  ])('nobody else can %s %s while it goes on', async (action, what, body) => {
    const pinned = await served.key(organizationId, { role: 'invoke', userId: 'somebody-else' });
    const before = await state();
    expect(before).toMatch(/^RUNNING .*"state":"held"/);
    for (const token of [tokens.get('stranger'), pinned]) {
      expect(await served.ask('post', `/api/v1/${what}/${action}`, { token, body })).toMatchObject({ status: 404 });
    }
    expect(await state()).toBe(before);
  });

  it.each([
    ['commit', { actual_cost_usd: 0 }],
    ['release', undefined],
    ['extend', undefined],
  ])('not even its own organization can %s what a run holds: the run settles it', async (action, body) => {
    const before = await state();
    for (const name of ['invoke', 'admin']) {
      const answer = await served.ask('post', `/api/v1/reservations/${RUNNING}/${action}`, { token: tokens.get(name), body });
      expect(answer).toMatchObject({ status: 409 });
    }
    expect(await state()).toBe(before);
  });

  describe.each(Object.values(KeyRole))('a key of role %s', (role) => {
    const denied = guarded.filter(({ name }) => !isAllowed(role, ACCESS[name]));
    const allowed = guarded.filter(({ name }) => isAllowed(role, ACCESS[name]));

    // An admin may do everything: no list of what he may not.
    if (denied.length > 0) {
      it.each(denied)('may not $name', async ({ method, example }) => {
        const before = await state();
        expect(await send(method, example, { token: tokens.get(role) })).toMatchObject({ status: 403 });
        expect(await state()).toBe(before);
      });
    }

    it.each(allowed)('may $name', async ({ method, example }) => {
      const fresh = newOrganization();
      const token = await served.key(fresh, { role });
      const { status } = await served.ask(method, pathOf(example, seeded), { token, body: example.body, headers: example.headers ?? {} });
      // An organization that has nothing answers that it has nothing: the point is that it answers.
      expect([200, 201, 202, 204, 404, 409]).toContain(status);
    });
  });

  it.each(guarded)('$name answers an operator, for the organization that he names', async ({ method, template, example }) => {
    const token = tokens.get('operator');
    if (!template.startsWith('/api/v1/api-keys')) {
      const unnamed = await send(method, example, { token });
      expect(unnamed).toMatchObject({ status: 400, body: { errors: [{ path: 'X-Organization-Id' }] } });
    }
    const { status } = await send(method, example, { token, headers: { 'X-Organization-Id': newOrganization() } });
    expect([200, 201, 202, 204, 404, 409]).toContain(status);
  });
});
