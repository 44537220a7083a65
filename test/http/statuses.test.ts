import { ServiceError } from '@temporalio/client';
import { createAlertClient, InvocationFailed } from '../../src/client';
import { FailureType } from '../../src/contract/names/failures';
import { DomainError, DomainErrorCode } from '../../src/domain/errors';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import type { BudgetStore } from '../../src/store/budget-store';
import { serve as serveReceiver, type Served } from '../agents/serve';
import { eventually } from '../support/eventually';
import type { Harness } from '../support/harness';
import { AGENTS } from './agents';
import { misfitOf, operationsOf, type Document, type Operation } from './documented';
import { EXAMPLES, pathOf, seed, type Example, type Seeded } from './examples';
import { newOrganization, OPTIONS, serve, type Answer, type TestApi } from './support';
import { serveWithWorker } from './with-worker';

/** What each documented status of each route looks like, over real HTTP. */
describe('documented statuses', () => {
  let served: TestApi & { harness: Harness };
  let away: TestApi;
  let busy: TestApi;
  /** Where others are always faster, and another deployment sends the alerts. */
  let contended: TestApi;
  /** Where alerts cannot be sent. */
  let mute: TestApi;
  let receiver: Served;
  let token: string;
  let operator: string;
  let awayToken: string;
  let busyToken: string;
  let seeded: Partial<Seeded>;
  let document: Document;
  let documented: Readonly<Record<string, Operation>>;

  beforeAll(async () => {
    receiver = await serveReceiver((response) => response.writeHead(410).end());
    served = await serveWithWorker(AGENTS);
    away = await serve({ store: storeThatIsAway(served.store), invocations: temporalThatIsAway(), alerts: temporalThatIsAway() });
    busy = await serve({ store: served.store, options: { ...OPTIONS, rateLimit: { perSecond: 0.001, burst: 1 } } });
    const { budget: invocations, temporal, taskQueue } = served.harness;
    const { test } = createAlertClient(temporal, { taskQueue });
    const taken = { test, sendAgain: failing(FailureType.alertTaken) };
    contended = await serve({ store: { ...served.store, ...contendedBudgets(served.store) }, invocations, alerts: taken });
    const unsent = failing(FailureType.alertNotSent);
    mute = await serve({ store: served.store, invocations, alerts: { test: unsent, sendAgain: unsent } });
    const organizationId = newOrganization();
    [token, operator, awayToken, busyToken] = await Promise.all([
      served.key(organizationId),
      served.key(null),
      served.key(newOrganization()),
      served.key(newOrganization()),
    ]);
    await busy.ask('get', '/api/v1/budgets', { token: busyToken });
    seeded = { ...(await seed(served.ask, token)), ALERT: await failedAlert() };
    // Ended, so that it cannot be rotated.
    await served.ask('delete', `/api/v1/api-keys/${seeded.KEY2 ?? ''}`, { token });
    document = JSON.parse((await served.ask('get', '/openapi.json')).text) as Document;
    documented = operationsOf(document);
  });
  afterAll(async () => {
    await Promise.all([away.stop(), busy.stop(), contended.stop(), mute.stop(), receiver.close()]);
    await served.stop();
  });

  /** An alert that its receiver refused for good. */
  async function failedAlert(): Promise<string> {
    const alerts = { webhook_url: `${receiver.url}/hook`, cooldown_minutes: 0 };
    const budget = { scope: { team_id: 'loud' }, monthly_budget_usd: 1, alerts };
    await served.ask('put', '/api/v1/budgets/loud', { token, body: budget });
    const cost = { key: 'loud-1', external_agent_id: 'echo', team_id: 'loud', actual_cost_usd: 0.6 };
    await served.ask('post', '/api/v1/costs', { token, body: cost });
    // Whoever asks for an alert's repetition wakes the budget's sender.
    await served.ask('post', '/api/v1/budgets/loud/alerts/999/send-again', { token, body: { channel: 'webhook' } });
    const isRefused = ({ text }: Answer) => /"state":"(failed|disabled)"/.test(text);
    const { body } = await eventually(() => served.ask('get', '/api/v1/budgets/loud/alerts', { token }), isRefused);
    const [alert] = body['items'] as { alert_id: number }[];
    return String(alert?.alert_id);
  }

  const send = (api: TestApi, name: string, example: Example, more: object) =>
    api.ask(name.split(' ')[0] ?? '', pathOf(example, seeded), { token, body: example.body, headers: example.headers ?? {}, ...more });

  function misfitIn(name: string, answer: Answer): string | null {
    const operation = documented[name];
    return operation === undefined ? `${name} is not documented` : misfitOf(document, operation, answer);
  }

  /** How each status comes about that is the same on every route. */
  const GENERIC: Readonly<Record<string, (name: string, example: Example) => Promise<Answer>>> = {
    400: (name, example) => {
      if (!name.includes('/api-keys')) return send(served, name, example, { token: operator });
      const bad = { ...example, path: example.path.includes('KEY') ? example.path.replace(/KEY\d/, '%20') : `${example.path}?limit=0` };
      return send(served, name, bad, example.body === undefined ? {} : { body: { unknown: 1 } });
    },
    401: (name, example) => send(served, name, example, { token: undefined }),
    403: (name, example) => send(served, name, example, { headers: { 'X-Organization-Id': 'another' } }),
    409: (name, example) => send(contended, name, example, {}),
    413: (name, example) => send(served, name, example, { body: { input: 'x'.repeat(2_000_001) } }),
    415: (name, example) => send(served, name, example, { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    429: (name, example) => send(busy, name, example, { token: busyToken }),
    502: (name, example) => send(mute, name, example, {}),
    503: (name, example) => send(away, name, example, { token: awayToken }),
  };

  const examples = Object.entries(EXAMPLES);

  it.each(examples)('%s answers by the examples', async (name, ofRoute) => {
    for (const example of ofRoute) {
      const answer = await send(served, name, example, {});
      expect({ path: example.path, status: answer.status, text: answer.text }).toMatchObject({ status: example.status });
      expect({ path: example.path, misfit: misfitIn(name, answer) }).toEqual({ path: example.path, misfit: null });
    }
  });

  it.each(examples)('%s answers every status that it documents', async (name, ofRoute) => {
    const operation = documented[name];
    const [example] = ofRoute;
    if (operation === undefined || example === undefined) throw new Error(`${name} is not documented`);
    for (const status of Object.keys(operation.responses)) {
      if (ofRoute.some((one) => String(one.status) === status)) continue;
      const provoke = GENERIC[status];
      if (provoke === undefined) throw new Error(`Nothing provokes a ${status}`);
      const answer = await provoke(name, example);
      expect({ status: answer.status, text: answer.text }).toMatchObject({ status: Number(status) });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.body).toMatchObject({ type: expect.stringMatching(/^urn:agent-budget:problem:/) as string, status: Number(status) });
      expect(misfitIn(name, answer)).toBeNull();
      if (status === '503' || status === '429') expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it.each(examples)('%s answers no status that it does not document', async (name, [example]) => {
    if (example === undefined) throw new Error(`${name} has no example`);
    const odd = name.includes('{') ? { ...example, path: example.path.replace(/(?<=v1\/[a-z-]+\/)[^/?]+/, 'n%C3%B6') } : example;
    // fetch sends no body with a GET.
    const isGet = name.startsWith('get ');
    const generic = Object.entries(GENERIC).filter(([status]) => !isGet || !['413', '415'].includes(status));
    const answers = await Promise.all([
      ...generic.map(([, provoke]) => provoke(name, example)),
      send(served, name, example, { body: undefined }),
      send(served, name, odd, {}),
      send(served, name, { ...example, path: `${example.path}${example.path.includes('?') ? '&' : '?'}unknown=1` }, {}),
      send(served, name, example, { headers: { Prefer: 'wait=x', 'Idempotency-Key': 'ö'.repeat(2) } }),
      ...(isGet ? [] : ['{', '[]', '{"a":1}'].map((body) => send(served, name, example, { body }))),
    ]);
    expect(answers.map((answer) => misfitIn(name, answer)).filter((misfit) => misfit !== null)).toEqual([]);
  });

  it('documents no body that a route does not take', () => {
    for (const [name, ofRoute] of examples) {
      expect({ name, hasBody: documented[name]?.requestBody !== undefined }).toEqual({ name, hasBody: ofRoute[0]?.body !== undefined });
    }
  });
});

/** A database that is lost between the look at the key and everything else. */
function storeThatIsAway(store: BudgetStore): BudgetStore {
  const known: readonly PropertyKey[] = ['keyByHash', 'touchKey'];
  const lost = () => Promise.reject(new LedgerUnavailable(new Error('connection refused at db.internal:5432')));
  return new Proxy(store, {
    get: (target, name): unknown => (known.includes(name) ? Reflect.get(target, name) : lost),
  });
}

function contendedBudgets(store: BudgetStore): Pick<BudgetStore, 'budget' | 'putBudget' | 'removeBudget'> {
  const changed = () => Promise.reject(new DomainError(DomainErrorCode.budgetChanged, 'Budget monthly was changed by somebody else'));
  // Whatever an earlier example removed is there again.
  const budget = async (organizationId: string) => (await store.budgets(organizationId))[0];
  return { budget, putBudget: changed, removeBudget: changed };
}

function failing(type: string): () => Promise<never> {
  return () => Promise.reject(new InvocationFailed(type, 'Another deployment sends them', null, undefined));
}

function temporalThatIsAway(): never {
  const cause = Object.assign(new Error('14 UNAVAILABLE: 10.0.0.7:7233'), { code: 14, details: 'No connection', metadata: {} });
  const lost = () => Promise.reject(new ServiceError('Failed to start Workflow', { cause }));
  return new Proxy({}, { get: () => lost }) as never;
}
