import { request } from 'node:http';
import { createBudgetClient } from '../../src/client';
import type { Client } from '@temporalio/client';
import { MOST_JSON_LEVELS } from '../../src/domain/plain-json';
import { EXAMPLES, pathOf } from './examples';
import { newOrganization, serve, type TestApi } from './support';

const routes = Object.entries(EXAMPLES).flatMap(([name, [example]]) => (example === undefined ? [] : [{ name, example }]));
const taking = routes.filter(({ example }) => example.body !== undefined);
const bare = routes.filter(({ example }) => example.body === undefined);

describe('bodies', () => {
  let served: TestApi;
  let token: string;
  let organizationId: string;
  beforeAll(async () => {
    const executeUpdateWithStart = () => Promise.reject(new Error('it was started'));
    const directly = (_limit: unknown, work: () => unknown) => work();
    const client = { withDeadline: directly, withAbortSignal: directly, workflow: { executeUpdateWithStart } };
    served = await serve({ invocations: createBudgetClient(client as unknown as Client) });
  });
  afterAll(() => served.stop());
  beforeEach(async () => {
    organizationId = newOrganization();
    token = await served.key(organizationId);
  });

  const ask = (method: string, path: string, body?: unknown) => served.ask(method, `/api/v1/${path}`, { token, body });

  it.each(taking)('$name is refused without the body that it documents', async ({ name, example }) => {
    const [method = ''] = name.split(' ');
    for (const headers of [{}, { 'content-type': 'application/json' }, { 'content-length': '0' }]) {
      const { status, errors } = await sent(served.url, method, pathOf(example, {}), { authorization: `Bearer ${token}`, ...headers });
      expect({ status, errors }).toMatchObject({
        status: 400,
        errors: [{ path: '', message: expect.stringMatching(/must be sent/) as string }],
      });
    }
    const chunked = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    expect(await sent(served.url, method, pathOf(example, {}), chunked)).toMatchObject({ status: 400 });
  });

  it('changes nothing of what a lost body was to change', async () => {
    await ask('put', 'budgets/kept', { monthly_budget_usd: 1 });
    await ask('put', 'organization/policy', { no_budget: 'deny' });
    const made = await ask('post', 'api-keys', { name: 'app', role: 'manage' });
    const { key_id: keyId } = made.body['key'] as { key_id: string };
    for (const [method, path] of [
      ['put', 'budgets/kept'],
      ['put', 'organization/policy'],
      ['post', `api-keys/${keyId}/rotate`],
    ] as const) {
      expect(await ask(method, path)).toMatchObject({ status: 400 });
    }
    expect((await ask('get', 'budgets/kept')).body).toMatchObject({ monthly_budget_usd: 1 });
    expect((await ask('get', 'organization/policy')).body).toMatchObject({ no_budget: 'deny' });
    expect((await ask('get', `api-keys/${keyId}`)).body).toMatchObject({ is_live: true, replaced_by: null });
  });

  it.each(bare)('$name takes no body', async ({ name, example }) => {
    const [method = ''] = name.split(' ');
    for (const type of ['application/json', 'text/plain']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const { status, errors } = await sent(served.url, method, pathOf(example, {}), headers, '{"amount":1}');
      expect({ status, errors }).toEqual({ status: 400, errors: [{ path: '', message: 'No body may be sent here' }] });
    }
  });

  it('are read of an app that nobody serves, too', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const put = (body?: string) =>
      served.api.request('/api/v1/budgets/one', { method: 'PUT', headers, ...(body !== undefined && { body }) });
    expect(await put()).toMatchObject({ status: 400 });
    expect(await put('{"monthly_budget_usd":1}')).toMatchObject({ status: 200 });
  });

  const nested = (levels: number, [open, close]: readonly [string, string]) => `${open.repeat(levels)}1${close.repeat(levels)}`;
  const ARRAYS = ['[', ']'] as const;
  const OBJECTS = ['{"a":', '}'] as const;
  const holders: readonly [string, string, (inside: string) => string, string][] = [
    ['post', 'external-agents/a/invoke', (inside) => `{"input":${inside}}`, 'input'],
    ['post', 'external-agents/a/invoke', (inside) => `{"input":1,"metadata":{"x":${inside}}}`, 'metadata.x'],
    ['post', 'budget-checks', (inside) => `{"external_agent_id":"a","input":${inside}}`, 'input'],
    ['post', 'costs', (inside) => `{"key":"k","external_agent_id":"a","actual_cost_usd":1,"metadata":{"x":${inside}}}`, 'metadata.x'],
    ['put', 'external-agents/a', (inside) => `{"platform":"in_process","function_name":${inside}}`, 'function_name'],
    ['put', 'budgets/a', (inside) => `{"scope":${inside}}`, 'scope'],
  ];

  it.each(holders)('%s %s with JSON that is too deep is refused at its path', async (method, path, body, where) => {
    for (const [levels, brackets] of [
      [MOST_JSON_LEVELS, ARRAYS],
      [5_000, OBJECTS],
      [100_000, OBJECTS],
      [400_000, ARRAYS],
    ] as const) {
      const answer = await ask(method, path, body(nested(levels, brackets)));
      const [error] = (answer.body['errors'] ?? []) as { path: string; message: string }[];
      expect({ status: answer.status, message: error?.message }).toEqual({ status: 400, message: 'must not be more than 100 levels deep' });
      expect(error?.path).toMatch(new RegExp(`^${where}\\.`));
    }
  });

  it('of as many levels as are allowed are read', async () => {
    const input = nested(MOST_JSON_LEVELS - 1, ARRAYS);
    await ask('put', 'external-agents/a', { platform: 'in_process', function_name: 'f', estimated_cost_usd: 1 });
    expect(await ask('post', 'budget-checks', `{"external_agent_id":"a","input":${input}}`)).toMatchObject({ status: 200 });
    // It gets as far as Temporal, which is not there.
    await ask('post', 'external-agents/a/invoke', `{"input":${input}}`);
    expect(served.logged).toMatchObject([{ error: { message: 'it was started' } }]);
  });

  it.each<readonly [string, string, string, string]>([
    ['post', 'external-agents/a/invoke', '{"input":{"a":[1,{"__proto__":{"x":1}}]}}', 'input.a.1.__proto__'],
    ['post', 'external-agents/a/invoke', '{"input":1,"metadata":{"__proto__":1}}', 'metadata.__proto__'],
    ['post', 'costs', '{"key":"k","external_agent_id":"a","actual_cost_usd":1,"metadata":{"__proto__":{}}}', 'metadata.__proto__'],
    [
      'put',
      'external-agents/a',
      '{"platform":"custom_rest_api","endpoint":"https://a.example","secret_headers":{"__proto__":"env:X"}}',
      'secret_headers.__proto__',
    ],
    ['put', 'budgets/b', '{"__proto__":{"monthly_budget_usd":1}}', '__proto__'],
  ])('%s %s refuses a field that would be lost: %s', async (method, path, body, where) => {
    expect(await ask(method, path, body)).toMatchObject({ status: 400, body: { errors: [{ path: where }] } });
    expect(await served.store.entries(organizationId, null, 0, 10)).toEqual([]);
  });
});

/** A request as it is written: `fetch` adds a content length of its own. */
function sent(url: string, method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) {
  return new Promise<{ status: number | undefined; errors: unknown }>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const asked = request(new URL(path, url), { method: method.toUpperCase(), headers: { ...headers, ...length } }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, errors: (JSON.parse(text) as { errors?: unknown }).errors });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
