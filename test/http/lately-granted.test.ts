import { createLatelyGranted } from '../../src/http/lately-granted';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { newOrganization, serve, type TestApi } from './support';

describe('reservations that were granted lately', () => {
  let served: TestApi;
  let elsewhere: TestApi;
  let asked: string[];
  let organizationId: string;
  beforeAll(async () => {
    const inner = createMemoryStore();
    const store = {
      ...inner,
      hold: (organization: string, key: string) => {
        asked.push(key);
        return inner.hold(organization, key);
      },
    };
    served = await serve({ store });
    elsewhere = await serve({ store });
  });
  afterAll(() => Promise.all([served.stop(), elsewhere.stop()]));
  beforeEach(() => {
    asked = [];
    organizationId = newOrganization();
  });

  const reserve = (api: TestApi, token: string, key: string, more = {}) =>
    api.ask('post', '/api/v1/reservations', { token, body: { key, external_agent_id: 'bot', estimated_cost_usd: 0.1, ...more } });
  const settle = (api: TestApi, token: string, key: string, how: string, body?: object) =>
    api.ask('post', `/api/v1/reservations/${key}/${how}`, { token, ...(body !== undefined && { body }) });

  it('are committed without being asked for, where they were granted', async () => {
    const token = await served.key(organizationId, { role: 'invoke' });
    await reserve(served, token, 'here');
    await reserve(served, token, 'there');
    const charged = { status: 200, body: { state: 'committed', charged_usd: 0.05 } };
    expect(await settle(served, token, 'here', 'commit', { actual_cost_usd: 0.05 })).toMatchObject(charged);
    expect(asked).toEqual([]);
    expect(await settle(elsewhere, token, 'there', 'commit', { actual_cost_usd: 0.05 })).toMatchObject(charged);
    expect(asked).toEqual(['there']);
    // Again is the same, and another amount a conflict, whoever remembers.
    expect(await settle(served, token, 'here', 'commit', { actual_cost_usd: 0.05 })).toMatchObject(charged);
    expect(await settle(served, token, 'there', 'commit', { actual_cost_usd: 0.06 })).toMatchObject({ status: 409 });
  });

  it('are not there for another organization, nor for a key that is pinned to somebody else', async () => {
    const token = await served.key(organizationId, { role: 'invoke' });
    const pinned = await served.key(organizationId, { role: 'invoke', userId: 'ada' });
    const foreign = await served.key(newOrganization(), { role: 'invoke' });
    await reserve(served, token, 'mine', { user_id: 'bob' });
    for (const other of [pinned, foreign]) {
      for (const how of ['release', 'extend']) expect(await settle(served, other, 'mine', how)).toMatchObject({ status: 404 });
      expect(await settle(served, other, 'mine', 'commit', { actual_cost_usd: 0.05 })).toMatchObject({ status: 404 });
    }
    expect(await settle(served, token, 'mine', 'release')).toMatchObject({ status: 200, body: { state: 'released' } });
  });

  it('are kept up to a number, the latest', () => {
    const lately = createLatelyGranted(2);
    const call = { organizationId: 'acme', teamId: null, userId: null, agentId: 'bot' };
    for (const key of ['a', 'b', 'c']) lately.keep('acme', { key, call });
    expect(['a', 'b', 'c'].map((key) => lately.find('acme', key)?.key)).toEqual([undefined, 'b', 'c']);
    lately.forget('acme', 'c');
    expect(lately.find('acme', 'c')).toBeUndefined();
  });
});
