import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { newOrganization, OPTIONS, serve, type TestApi } from './support';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'agent-budget';

describe('JWTs', () => {
  let issuer: Server;
  let served: TestApi;
  let isAway = false;
  let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256');
    privateKey = pair.privateKey;
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }] });
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

  const withJwks = () => {
    const url = `http://127.0.0.1:${String((issuer.address() as AddressInfo).port)}/jwks`;
    return serve({ options: { ...OPTIONS, jwks: { url, issuer: ISSUER, audience: AUDIENCE } } });
  };

  const token = (claims: JWTPayload, { key = privateKey, audience = AUDIENCE, iss = ISSUER, expires = '1h', alg = 'ES256' } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuer(iss)
      .setAudience(audience)
      .setSubject('somebody')
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);

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
    isAway = false;
    expect(await fresh.ask('get', '/api/v1/budgets', { token: good })).toMatchObject({ status: 200 });
    await fresh.stop();
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
