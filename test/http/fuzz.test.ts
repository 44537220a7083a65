import { ServiceError, type Client } from '@temporalio/client';
import fc from 'fast-check';
import { createBudgetClient, type BudgetClient } from '../../src/client';
import { audit } from '../../src/store/audit';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { databaseUrl } from '../store/support';
import { isFull } from '../support/extent';
import { everythingOf } from './everything';
import { EXAMPLES, pathOf, type Example } from './examples';
import { newOrganization, serve, type Answer, type TestApi } from './support';

/** In all. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? (isFull ? 10_000 : 2_000));

const routes = Object.entries(EXAMPLES).flatMap(([name, examples]) =>
  examples.slice(0, 1).map((example) => ({ method: name.split(' ')[0] ?? '', example })),
);
const withBody = routes.filter(({ example }) => example.body !== undefined);

const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '\0', '\ud800', '\u202e', '../..', "'; drop table holds; --", '💥'.repeat(99), 'x'.repeat(9_999)),
);
const oddNumber = fc.oneof(fc.double(), fc.constantFrom(-1, -0.000001, 1e-7, 9_007_199_255, 2 ** 53, 1e308, 1.5, 0));
/** The deepest takes as long to be read as a hundred others, and is tried a few dozen times. */
const LEVELS = [101, 101, 101, 1_000, 1_000, 1_000, 20_000, 20_000, 20_000, 200_000];
/** JSON that is well, and too deep. */
const nested = fc
  .tuple(fc.constantFrom(...LEVELS), fc.constantFrom(['[', ']'], ['{"a":', '}']))
  .map(([levels, [open = '', close = '']]) => `${open.repeat(levels)}1${close.repeat(levels)}`);

const odd = fc.oneof(oddText, oddNumber, fc.boolean(), fc.constant(null), fc.array(oddText, { maxLength: 3 }), fc.object({ maxDepth: 2 }));

/** A body that is nearly right: some of its fields are odd, gone, or of somebody else's. */
function spoiled(body: object): fc.Arbitrary<string> {
  const names = Object.keys(body);
  const change = fc.oneof(
    ...(names.length === 0 ? [] : [fc.tuple(fc.constantFrom(...names), odd)]),
    fc.tuple(fc.oneof(oddText, fc.constantFrom('__proto__', 'constructor', 'organization_id', 'toString')), odd),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => JSON.stringify({ ...body, ...Object.fromEntries(changes) }));
}

/** A body that is right but for one field, which is too deep or would be lost. */
function unkept(body: object): fc.Arbitrary<string> {
  const names = fc.constantFrom(...Object.keys(body), 'input', 'metadata');
  const lost = fc.constantFrom('{"__proto__":{"x":1}}', '[{"a":1,"__proto__":null}]');
  return fc
    .tuple(names, fc.oneof(nested, lost))
    .map(([field, json]) => JSON.stringify({ ...body, [field]: '@' }).replace('"@"', () => json));
}

const rubbish = fc.oneof(
  oddText,
  nested,
  fc.json().filter((text) => text.trim() !== '{}'),
  fc.constantFrom(
    '{',
    '[]',
    'null',
    '"',
    '{"a":1,"a":2}',
    '{"input":1,"input":',
    '['.repeat(50_000),
    '{"a":'.repeat(20_000),
    '\ufeff[]',
    'NaN',
  ),
);

const NONE = {};
const headers = fc.constantFrom(NONE, NONE, NONE, { 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=utf-16' });

function bodies(bodyOf: (body: object) => fc.Arbitrary<string>): fc.Arbitrary<Request> {
  return fc
    .constantFrom(...withBody)
    .chain(({ method, example: { path, body } }) =>
      fc.record({ method: fc.constant(method), path: fc.constant(path), body: bodyOf(body as object), headers }),
    );
}

/** Never well: with a field that nothing knows, or no JSON object at all. */
const malformed = bodies((body) =>
  fc.oneof({ weight: 3, arbitrary: spoiled({ ...body, unknown_field: 1 }) }, { weight: 1, arbitrary: rubbish }),
);
const neverKept = bodies(unkept);
/** Perhaps well, and then it does what it says. */
const odder = bodies(spoiled);

const name = fc.oneof(oddText, fc.constantFrom('\0', '\ud800', 'monthly'));
const number = fc.oneof(oddNumber, fc.maxSafeInteger());
const places = fc.oneof(fc.tuple(name), fc.tuple(number), fc.tuple(number, name), fc.array(odd, { maxLength: 3 }));
const cursors = fc.oneof(
  oddText.map(safely),
  places.map((place) => Buffer.from(JSON.stringify(place)).toString('base64url')),
);
const lists = ['budgets', 'external-agents', 'api-keys', ...['entries', 'statements', 'alerts'].map((what) => `budgets/monthly/${what}`)];
/** Cursors that can be read, and that nobody was given; or, by chance, one that says where to begin. */
const forged = fc.tuple(fc.constantFrom(...lists), cursors).map(([list, cursor]) => ({
  method: 'get',
  path: `/api/v1/${list}?cursor=${cursor}`,
  body: undefined,
  headers: {},
}));

const ids = fc
  .oneof(oddText, fc.constantFrom('%00', '%ff', '..%2f..', '%', 'a'.repeat(201)))
  .map((id) => (id.includes('%') ? id : safely(id)));
const paths = fc.constantFrom(...routes).chain(({ method, example }) =>
  fc.record({
    method: fc.constant(method),
    path: fc
      .tuple(ids, oddText)
      .map(([id, query]) => withId(example, id) + (query === '' ? '' : `?cursor=${safely(query)}&limit=${safely(query)}`)),
    body: fc.constant(example.body === undefined ? undefined : JSON.stringify({ ...(example.body as object), unknown: 1 })),
    headers: fc.oneof(
      fc.constant({}),
      fc.constantFrom({ 'Idempotency-Key': 'ä' }, { Prefer: 'wait=-1' }, { Prefer: 'wait=1e9' }, { 'X-Organization-Id': '*' }),
    ),
  }),
);

describe('malformed requests', () => {
  let served: TestApi;
  let token: string;
  let organizationId: string;
  beforeAll(async () => {
    served = await serve({ store: createPostgresStore(databaseUrl()), invocations: clientWithoutServer() });
    organizationId = newOrganization();
    token = await served.key(organizationId);
    await served.store.putAgent(organizationId, { ...AGENT });
    const put = (id: string, body: object) => served.ask('put', `/api/v1/budgets/${id}`, { token, body });
    await put('monthly', { monthly_budget_usd: 100 });
    const reservation = { key: 'hold-1', external_agent_id: 'echo', estimated_cost_usd: 1 };
    await served.ask('post', '/api/v1/reservations', { token, body: reservation });
  });
  afterAll(async () => {
    await served.stop();
    await served.store.close();
  });

  /** What is wrong with a request may be told in many ways, but none of them is ours to be ashamed of. */
  function isRefusedWell(path: string, { status, headers }: Answer): boolean {
    // What Node refuses itself, before it is a request: too long a URL.
    if (status < 400 || status === 431) return true;
    // An invocation that was well after all finds no Temporal here.
    const isUnavailable = status === 503 && !/\/invoke$|\/invocations\//.test(path);
    return status !== 500 && !isUnavailable && headers.get('content-type') === 'application/problem+json';
  }

  /** Sends them, eight at a time. Returns each with how it was answered. */
  async function all(requests: fc.Arbitrary<Request>, count: number): Promise<readonly (Request & { readonly status: number })[]> {
    const answered: (Request & { readonly status: number })[] = [];
    const drawn = fc.sample(requests, { numRuns: count, seed: 6 });
    const next = drawn[Symbol.iterator]();
    const work = async () => {
      for (const { method, path, body, headers } of { [Symbol.iterator]: () => next }) {
        const answer = await served.ask(method, path, { token, body, headers });
        // Ten thousand times `expect` would take as long as all that is asked.
        if (!isRefusedWell(path, answer)) {
          const asked = { method, path: path.slice(0, 500), body: body?.slice(0, 2_000), headers };
          throw new Error(JSON.stringify({ asked, status: answer.status, text: answer.text.slice(0, 500) }));
        }
        answered.push({ method, path, body: body?.slice(0, 500), headers, status: answer.status });
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return answered;
  }

  const everything = () => everythingOf(served.store, organizationId);
  const logged = () => served.logged.filter(({ error }) => !(error instanceof ServiceError));

  it('are refused with a reason, and change nothing', async () => {
    const before = await everything();
    expect((await all(malformed, REQUESTS * 0.4)).filter(isTaken)).toEqual([]);
    expect((await all(neverKept, REQUESTS * 0.1)).filter(({ status, headers }) => status !== 400 && headers === NONE)).toEqual([]);
    expect((await all(paths, REQUESTS * 0.2)).filter((one) => isTaken(one) && one.method !== 'get')).toEqual([]);
    await all(forged, REQUESTS * 0.1);
    expect(await everything()).toBe(before);
    expect(logged()).toEqual([]);
  });

  it('with odd values are refused, or kept as they are', async () => {
    // Some are well after all, or nothing would be tried of what follows a check.
    expect((await all(odder, REQUESTS * 0.2)).filter(isTaken)).not.toEqual([]);
    expect(await audit(served.store, organizationId)).toEqual([]);
    expect(logged()).toEqual([]);
  });

  it('huge ones are refused before they are read', async () => {
    for (const { method, example } of withBody) {
      const answer = await served.ask(method, pathOf(example, {}), { token, body: `"${'x'.repeat(2_000_000)}"` });
      expect(answer.status).toBe(413);
    }
  });
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const AGENT = {
  agentId: 'echo',
  platform: 'in_process',
  functionName: 'echo',
  timeoutMs: 1_000,
  maxAttempts: 1,
  complexity: 'simple',
} as const;

function isTaken({ status }: { readonly status: number }): boolean {
  return status < 400;
}

function withId(example: Example, id: string): string {
  return example.path.split('?')[0]?.replace(/(?<=v1\/[a-z-]+\/)[^/]+/, id) ?? example.path;
}

function safely(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));
}

/** A client that checks requests as ever, and then reaches nobody. */
function clientWithoutServer(): BudgetClient {
  const cause = Object.assign(new Error('UNAVAILABLE'), { code: 14, details: '', metadata: {} });
  const executeUpdateWithStart = () => Promise.reject(new ServiceError('No connection', { cause }));
  const directly = (_limit: unknown, work: () => Promise<unknown>) => work();
  const getHandle = () => ({ describe: executeUpdateWithStart, cancel: executeUpdateWithStart });
  return createBudgetClient({
    withDeadline: directly,
    withAbortSignal: directly,
    workflow: { executeUpdateWithStart, getHandle },
  } as unknown as Client);
}
