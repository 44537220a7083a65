import { ACCESS, isAllowed, type RouteName } from '../../src/http/access';
import { KeyRole } from '../../src/domain/api-key';
import { AGENTS } from './agents';
import { EXAMPLES, pathOf, seed, type Example, type Seeded } from './examples';
import { newOrganization, serveWithWorker, type Answer, type AskOptions, type TestApi } from './support';

const guarded = Object.entries(EXAMPLES).flatMap(([name, examples]) => {
  const [method = '', template = ''] = name.split(' ');
  return examples.slice(0, 1).map((example) => ({ name: name as RouteName, method, template, example }));
});

describe('access matrix', () => {
  let served: TestApi;
  let organizationId: string;
  let seeded: Partial<Seeded>;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    served = await serveWithWorker(AGENTS);
    organizationId = newOrganization();
    for (const role of Object.values(KeyRole)) tokens.set(role, await served.key(organizationId, { role }));
    tokens.set('operator', await served.key(null));
    tokens.set('stranger', await served.key(newOrganization()));
    seeded = await seed(served.ask, tokens.get('admin') ?? '');
  });
  afterAll(() => served.stop());

  const send = (method: string, example: Example, options: AskOptions): Promise<Answer> =>
    served.ask(method, pathOf(example, seeded), { ...options, body: example.body, headers: { ...example.headers, ...options.headers } });

  /** All that an organization is: whoever changes anything of it changes this. */
  async function state(): Promise<string> {
    const { store } = served;
    const [budgets, agents, policy, entries, keys, figures] = await Promise.all([
      store.budgets(organizationId),
      store.agents(organizationId),
      store.policy(organizationId),
      store.entries(organizationId, null, 0, 1_000),
      store.keys(organizationId, null, 100),
      store.auditFigures(organizationId),
    ]);
    return JSON.stringify({ budgets, agents, policy, entries, figures, keys: keys.map((key) => ({ ...key, lastUsedAt: null })) });
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
