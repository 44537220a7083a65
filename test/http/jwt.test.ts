import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { ApiOptions } from '../../src/http';
import { newOrganization, OPTIONS, serve, type TestApi } from './support';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'agent-budget';
const KIDS = ['other', 'one'];

describe('JWTs', () => {
  let issuer: Server;
  let served: TestApi;
  let isAway = false;
  let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    const other = await generateKeyPair('ES256');
    const keys = [other, pair].map(async ({ publicKey }, index) => ({ ...(await exportJWK(publicKey)), kid: KIDS[index], alg: 'ES256' }));
    const jwks = JSON.stringify({ keys: await Promise.all(keys) });
    issuer = createServer((_request, response) => {
      if (isAway) response.writeHead(500).end();
      else response.setHeader('content-type', 'application/json').end(jwks);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => issuer.once('listening', resolve));
    served = await withJwks();
  });
  afterAll(async () => {
    await served.stop();
    issuer.close();
  });

  const withJwks = (more: ApiOptions = OPTIONS, now: () => number = Date.now) => {
    const url = `http://127.0.0.1:${String((issuer.address() as AddressInfo).port)}/jwks`;
    return serve({ now, options: { ...more, jwks: { url, issuer: ISSUER, audience: AUDIENCE } } });
  };

  const GOOD = { audience: AUDIENCE, iss: ISSUER, expires: '1h', sub: 'somebody', header: { kid: 'one' } as { kid?: string } };
  const token = (claims: JWTPayload, more: Partial<typeof GOOD & { key: typeof privateKey }> = {}) => {
    const { key, audience, iss, expires, sub, header } = { ...GOOD, key: privateKey, ...more };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', ...header })
      .setIssuer(iss)
      .setAudience(audience)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);
  };

  it('act for the organization and in the role that they claim', async () => {
    const organizationId = newOrganization();
    const manager = await token({ organization_id: organizationId, role: 'manage' });
    const put = await served.ask('put', '/api/v1/budgets/one', { token: manager, body: {} });
    expect(put).toMatchObject({ status: 200, body: { organization_id: organizationId } });
    const invoker = await token({ organization_id: organizationId });
    expect(await served.ask('get', '/api/v1/budgets', { token: invoker })).toMatchObject({ status: 403 });
    const headers = { 'X-Organization-Id': 'another' };
    expect(await served.ask('get', '/api/v1/budgets', { token: manager, headers })).toMatchObject({ status: 403 });
  });

  it('pin team and user', async () => {
    const pinned = await token({ organization_id: newOrganization(), team_id: 'red' });
    const cost = { key: 'k', external_agent_id: 'a', actual_cost_usd: 1 };
    expect(await served.ask('post', '/api/v1/costs', { token: pinned, body: cost })).toMatchObject({ status: 200 });
    expect((await served.ask('get', '/api/v1/reservations/k', { token: pinned })).body).toMatchObject({ team_id: 'red' });
    expect(await served.ask('post', '/api/v1/costs', { token: pinned, body: { ...cost, team_id: 'blue' } })).toMatchObject({ status: 403 });
  });

  it.each<[string, (good: JWTPayload) => Promise<string>]>([
    ['another issuer', (good) => token(good, { iss: 'https://evil.example' })],
    ['another audience', (good) => token(good, { audience: 'others' })],
    ['an end that is over', (good) => token(good, { expires: '-1h' })],
    ['another key', async (good) => token(good, { key: (await generateKeyPair('ES256')).privateKey })],
    ['no organization', (good) => token({ ...good, organization_id: undefined })],
    ['an organization that is none', (good) => token({ ...good, organization_id: 'a b' })],
    ['a list of organizations', (good) => token({ ...good, organization_id: ['a'] })],
    ['a role that is none', (good) => token({ ...good, role: 'root' })],
    ['pins on an admin', (good) => token({ ...good, role: 'admin', team_id: 'red' })],
    ['no signature', (good) => Promise.resolve(unsigned({ ...good, iss: ISSUER, aud: AUDIENCE, exp: 4e9 }))],
  ])('with %s are believed nothing', async (_what, make) => {
    const bad = await make({ organization_id: newOrganization(), role: 'manage' });
    expect(await served.ask('get', '/api/v1/budgets', { token: bad })).toMatchObject({ status: 401 });
  });

  it('are a 503 while their issuer is away', async () => {
    isAway = true;
    const fresh = await withJwks();
    const good = await token({ organization_id: newOrganization(), role: 'manage' });
    expect(await fresh.ask('get', '/api/v1/budgets', { token: good })).toMatchObject({ status: 503 });
    expect(fresh.logged).toMatchObject([{ level: 'warn', message: 'The keys that tokens are signed with cannot be had' }]);
    isAway = false;
    expect(await fresh.ask('get', '/api/v1/budgets', { token: good })).toMatchObject({ status: 200 });
    await fresh.stop();
  });

  it('that could not be verified are no wrong ones, are tried again as seldom, and are logged once a second at most', async () => {
    isAway = true;
    let now = Date.now();
    const limited = await withJwks({ ...OPTIONS, anonymousRateLimit: { perSecond: 0.001, burst: 3 } }, () => now);
    const guess = async () => (await limited.ask('get', '/api/v1/budgets', { token: await token({ sub: String(Math.random()) }) })).status;
    expect([await guess(), await guess()]).toEqual([503, 503]);
    expect(limited.logged).toHaveLength(1);
    now += 1_000;
    expect([await guess(), await guess()]).toEqual([503, 503]);
    expect(limited.logged).toHaveLength(2);
    now += 1_000;
    expect([await guess(), await guess()]).toEqual([503, 503]);
    expect(limited.logged).toHaveLength(2);
    isAway = false;
    await limited.stop();
  });

  it('that do not name their key are tried with each that the issuer has', async () => {
    const claims = { organization_id: newOrganization(), role: 'manage' };
    const list = async (signed: string) => (await served.ask('get', '/api/v1/budgets', { token: signed })).status;
    expect(await list(await token(claims, { header: {} }))).toBe(200);
    expect(await list(await token(claims, { header: {}, key: (await generateKeyPair('ES256')).privateKey }))).toBe(401);
    expect(await list(await token(claims, { header: {}, audience: 'others' }))).toBe(401);
  });

  it('have a quota of each subject, whatever colons its name and its organization have', async () => {
    const limited = await withJwks({ ...OPTIONS, rateLimit: { perSecond: 0.001, burst: 2 } });
    const list = async (organizationId: string, sub: string, expires = '1h') =>
      (
        await limited.ask('get', '/api/v1/budgets', {
          token: await token({ organization_id: organizationId, role: 'manage' }, { sub, expires }),
        })
      ).status;
    // Two tokens of one subject are one caller.
    expect([await list('acme', 'eu:bob'), await list('acme', 'eu:bob', '2h'), await list('acme', 'eu:bob', '3h')]).toEqual([200, 200, 429]);
    expect(await list('acme:eu', 'bob')).toBe(200);
    await limited.stop();
  });

  it('are verified no oftener than keys are looked up, and a known one goes on', async () => {
    const limited = await withJwks({ ...OPTIONS, anonymousRateLimit: { perSecond: 0.001, burst: 3 } });
    const list = async (signed: string) => (await limited.ask('get', '/api/v1/budgets', { token: signed })).status;
    const claims = { organization_id: newOrganization(), role: 'manage' };
    const known = await token(claims);
    expect(await list(known)).toBe(200);
    const guesses = [];
    for (let guess = 0; guess < 5; guess += 1) guesses.push(await list(await token(claims, { audience: 'others', sub: String(guess) })));
    expect(guesses).toEqual([401, 401, 401, 429, 429]);
    expect(await list(await token(claims, { sub: 'new' }))).toBe(429);
    expect(await list(known)).toBe(200);
    await limited.stop();
  });

  it('are no keys where nobody set them up', async () => {
    const without = await serve();
    const good = await token({ organization_id: newOrganization(), role: 'manage' });
    expect(await without.ask('get', '/api/v1/budgets', { token: good })).toMatchObject({ status: 401 });
    await without.stop();
  });
});

function unsigned(payload: JWTPayload): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(payload)}.`;
}
