import { Pool } from 'pg';
import { agentDefinition } from '../../src/contract/schemas/agent';
import { ALERT_DEFAULTS } from '../../src/domain/alert-config';
import { DEFAULT_POLICY } from '../../src/domain/budget';
import { DomainError } from '../../src/domain/errors';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import type { BudgetStore } from '../../src/store/budget-store';
import { HOOK } from './alert-support';
import { issue } from './key-support';
import { audit } from '../../src/store/audit';
import { cost, databaseUrl, Ledger, NOON, TTL } from './support';

/** What would end a text, begin a statement, stand for a parameter, or be read as a list, a row, a pattern or nothing. */
const HOSTILE = [
  ...["'", "''", "' or '1'='1", "'; drop table holds; --", "'); truncate entries; --", '"', '"; select 1', '`', ';', '--', '/*', '*/'],
  ...['$1', '$$', '$a$', ':name', '?', '%', '_', '\\', "\\'", "E'\\x27'", 'U&"\\0027"', '{}', '{a,b}', '{"a"}', '"a","b"', '(a,b)', '[1]'],
  ...[
    '{"a":1}',
    'null',
    'NULL',
    '\\N',
    ' ',
    '\n',
    '\t',
    '\r',
    '\u0001',
    '\u007f',
    '\u2028',
    '\ufeff',
    'é',
    'e\u0301',
    'ß',
    '😀',
    '\ufffd',
    'İ',
  ],
  ...['\0', 'a\0b', '\ud800', '\udc00x'],
];

type Way = (ledger: Ledger, text: string) => Promise<unknown>;
const agent = (agentId: string, more: object = {}) => ({
  ...agentDefinition.parse({ agentId: 'a', platform: 'in_process', functionName: 'f' }),
  agentId,
  ...more,
});
const lease = { budgetId: 'main', claimer: 'me', leaseUntil: NOON + TTL, at: NOON };
const claimed = { ...lease, inFlight: [], targets: [], giveUpAt: NOON, cooldownMs: 0 };

/** Everything that a text can be given to, by where in it the text goes. */
const WAYS: Readonly<Record<string, Way>> = {
  'reserve: key': (l, text) => l.reserve(text, 1),
  'reserve: fingerprint': (l, text) => l.reserve('by-fingerprint', 1, { fingerprint: text }),
  'reserve: run': (l, text) => l.reserve('by-run', 1, { run: { runId: text, firstExecutionRunId: text } }),
  'reserve: team': (l, text) => l.reserve('by-team', 1, { call: l.call({ teamId: text }) }),
  'reserve: user': (l, text) => l.reserve('by-user', 1, { call: l.call({ userId: text }) }),
  'reserve: agent': (l, text) => l.reserve('by-agent', 1, { call: l.call({ agentId: text }) }),
  'batch: organization': (l, text) => l.store.applyBatch(text, [l.reserveOf('by-organization', 1)]),
  'startAttempt: ids': (l, text) => l.start('held', text, { activityId: text, runId: text }),
  'finishAttempt: id': (l, text) => l.finish('held', text, cost(1)),
  'commit: key': (l, text) => l.commit(text, cost(1)),
  'release: key': (l, text) => l.release(text),
  'extend: key': (l, text) => l.extend(text),
  'charge: key': (l, text) => l.charge(text, 1),
  'closePeriods: budget': (l, text) => l.close(NOON, text),
  check: (l, text) => l.store.check({ kind: 'check', call: l.call({ userId: text }), estimateMicroUsd: 1 as never, at: NOON }),
  'putBudget: id': (l, text) => l.limit({ monthly: 1 }, { budgetId: text }),
  'putBudget: time zone': (l, text) => l.limit({ monthly: 1 }, { budgetId: 'zoned', timeZone: text }),
  'putBudget: alerts': (l, text) =>
    l.limit({ monthly: 1 }, { budgetId: 'alerting', alerts: { webhookUrl: text, emailRecipients: [text] } }),
  removeBudget: (l, text) => l.store.removeBudget(l.organizationId, text, NOON),
  putPolicy: (l, text) => l.policy({ ...DEFAULT_POLICY, alerts: { ...ALERT_DEFAULTS, webhookUrl: text } }),
  'putAgent: id': (l, text) => l.store.putAgent(l.organizationId, agent(text)),
  'putAgent: model': (l, text) => l.store.putAgent(l.organizationId, agent('modelled', { model: text })),
  removeAgent: (l, text) => l.store.removeAgent(l.organizationId, text),
  agent: (l, text) => l.store.agent(l.organizationId, text),
  budget: (l, text) => l.store.budget(l.organizationId, text),
  balances: (l, text) => l.store.balances(l.organizationId, text, 0),
  hold: (l, text) => l.store.hold(l.organizationId, text),
  largestHolds: (l, text) => l.store.largestHolds(l.organizationId, { budgetId: text, periodStart: 0 }, 5),
  entries: (l, text) => l.store.entries(l.organizationId, text, 0, 5),
  chargedIn: (l, text) => l.store.chargedIn(l.organizationId, text, { start: 0, end: NOON }),
  'closableBudgets: zone': (l, text) => l.store.closableBudgets(text, NOON, null, 5),
  'closableBudgets: after': (l, text) => l.store.closableBudgets('UTC', NOON, { organizationId: text, budgetId: text }, 0),
  'budgetsToAlert: after': (l, text) => l.store.budgetsToAlert(NOON, { organizationId: text, budgetId: text }, 0),
  'claimAlert: budget': (l, text) => l.store.claimAlert({ ...claimed, organizationId: l.organizationId, budgetId: text }),
  'claimAlert: claimer': (l, text) => l.store.claimAlert({ ...claimed, organizationId: l.organizationId, claimer: text }),
  renewLease: (l, text) => l.store.renewLease({ ...lease, organizationId: l.organizationId, claimer: text }),
  enableAddress: (l, text) =>
    l.store.enableAddress({ organizationId: l.organizationId, budgetId: 'main' }, { channel: 'webhook', fingerprint: text }),
  alerts: (l, text) => l.store.alerts(l.organizationId, text, 5),
  'issueKey: name': (l, text) => issue(l, { name: text }),
  'issueKey: team': (l, text) => issue(l, { teamId: text }),
  key: (l, text) => l.store.key({ organizationId: l.organizationId, keyId: text }),
  keyByHash: (l, text) => l.store.keyByHash(text),
  'keys: cursor': (l, text) => l.store.keys(l.organizationId, { createdAt: NOON, keyId: text }, 5),
  revokeKey: (l, text) => l.store.revokeKey({ organizationId: l.organizationId, keyId: text }, NOON),
  touchKey: (l, text) => l.store.touchKey(text, NOON),
  'organization of reads': async (l, text) => {
    const { store } = l;
    return [await store.budgets(text), await store.agents(text), await store.policy(text), await store.keys(text, null, 5)];
  },
};

let store: BudgetStore;
let sql: Pool;
let bystander: Ledger;
let before: unknown;

const stateOf = async ({ store: of, organizationId }: Ledger) =>
  JSON.stringify([
    ...[await of.budgets(organizationId), await of.balances(organizationId, 'main', 0), await of.entries(organizationId, null, 0, 99)],
    ...[await of.agents(organizationId), await of.hold(organizationId, 'held'), await of.keys(organizationId, null, 99)],
  ]);

const tables = async () => {
  const { rows } = await sql.query<{ name: string }>("select relname as name from pg_class where relkind in ('r', 'i') order by relname");
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('pg_'));
};

async function ledgerWithAll(): Promise<Ledger> {
  const ledger = new Ledger(store);
  await ledger.limit({ monthly: 1_000 }, { alerts: HOOK });
  await ledger.charge('spent', 600);
  await ledger.reserve('held', 1);
  await store.putAgent(ledger.organizationId, agent('one'));
  await issue(ledger, {});
  return ledger;
}

beforeAll(async () => {
  store = createPostgresStore(databaseUrl());
  sql = new Pool({ connectionString: databaseUrl(), max: 1 });
  bystander = await ledgerWithAll();
  before = [await stateOf(bystander), await tables()];
});
afterAll(() => Promise.all([store.close(), sql.end()]));

test.each(Object.entries(WAYS))('%s: no text is more than a text', async (_name, way) => {
  const ledger = await ledgerWithAll();
  for (const text of HOSTILE) {
    const answer = await way(ledger, text).catch((error: unknown) => error);
    // Nothing that PostgreSQL refuses but what it cannot hold: a NUL.
    const isNamed = answer instanceof DomainError || (answer instanceof LedgerUnavailable && text.includes('\0'));
    expect({ text, answer: answer instanceof Error && !isNamed ? answer : 'named, or none' }).toEqual({ text, answer: 'named, or none' });
    // Nothing of anybody else.
    expect(JSON.stringify(answer ?? null)).not.toContain(bystander.organizationId);
  }
  expect(await audit(store, ledger.organizationId)).toEqual([]);
  expect([await stateOf(bystander), await tables()]).toEqual(before);
});

const texts = HOSTILE.filter((text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text));

test.each<readonly [string, (ledger: Ledger, text: string) => Promise<unknown>]>([
  ['the key of a hold', async (l, text) => (await l.reserve(text, 1), (await store.hold(l.organizationId, text))?.key)],
  ['the key of an entry', async (l, text) => (await l.charge(text, 1), (await store.entries(l.organizationId, null, 0, 999)).at(-1)?.key)],
  [
    'a run',
    async (l, text) => {
      await l.reserve(`run of ${text}`, 1, { run: { runId: text, firstExecutionRunId: text } });
      return (await store.hold(l.organizationId, `run of ${text}`))?.runId;
    },
  ],
  [
    'an attempt',
    async (l, text) => {
      await l.reserve(`attempt of ${text}`, 1);
      await l.start(`attempt of ${text}`, text);
      return (await store.hold(l.organizationId, `attempt of ${text}`))?.attempts[0]?.attemptId;
    },
  ],
  [
    "a policy's webhook",
    async (l, text) => {
      await l.policy({ alerts: { ...ALERT_DEFAULTS, webhookUrl: text } });
      return (await store.policy(l.organizationId)).alerts.webhookUrl;
    },
  ],
])('%s is kept as it is', async (_name, keep) => {
  const ledger = await ledgerWithAll();
  const kept = [];
  for (const text of texts) kept.push(await keep(ledger, text));
  expect(kept).toEqual(texts);
  expect(await audit(store, ledger.organizationId)).toEqual([]);
});
