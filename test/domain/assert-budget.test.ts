import { ALERT_DEFAULTS } from '../../src/domain/alert-config';
import { assertBudget, assertPolicy } from '../../src/domain/assert-budget';
import { DEFAULT_POLICY, type Limits, type OrganizationPolicy, type TemporaryRaise } from '../../src/domain/budget';
import { accountOf } from './support';

const { budget } = accountOf({ monthly: 100 });
const withLimits = (limits: Partial<Record<keyof Limits, number | null>>): object => ({ limits: { ...budget.limits, ...limits } });
const withScope = (scope: object): object => ({ scope: { ...budget.scope, ...scope } });
const withRaise = (raise: Partial<TemporaryRaise>): object => ({
  raise: { monthlyMicroUsd: 0, dailyMicroUsd: 0, monthlyExecutions: 0, dailyExecutions: 0, until: null, ...raise },
});
const asserting = (change: object) => () => {
  assertBudget({ ...budget, ...change });
};

test.each<[string, object]>([
  ['vector 18: limits absent are unlimited', withLimits({ monthlyMicroUsd: null })],
  ['vector 16, 19: 0 is a limit', withLimits({ monthlyMicroUsd: 0, dailyMicroUsd: 0, monthlyExecutions: 0, dailyExecutions: 0 })],
  ['vector 65: threshold 1.0', { warningThreshold: 1, degradationThreshold: 1 }],
  ['every field of a scope', withScope({ teamId: 'red', userId: 'ann', agentId: 'writer' })],
  ['soft mode', { mode: 'soft' }],
  ...[0, 1, 25].map((rolloverPercent): [string, object] => [`${String(rolloverPercent)} percent carried over`, { rolloverPercent }]),
  ['a raise of nothing that ends with the period', withRaise({})],
  ['a raise that ends at a time', withRaise({ monthlyExecutions: 5, until: Date.UTC(2026, 0, 31) })],
])('accepted: %s', (_name, change) => {
  expect(asserting(change)).not.toThrow();
});

test.each<[string, object, string]>([
  ['vector 20: a limit of NaN', withLimits({ monthlyMicroUsd: NaN }), 'InvalidAmount'],
  ['vector 20: an infinite limit', withLimits({ dailyMicroUsd: Infinity }), 'InvalidAmount'],
  ['vector 20: a negative limit is accepted: no', withLimits({ dailyMicroUsd: -5 }), 'InvalidAmount'],
  ['half an execution', withLimits({ monthlyExecutions: 0.5 }), 'InvalidAmount'],
  ['a limit that its carry-over takes past 2^53', { ...withLimits({ monthlyMicroUsd: 9e15 }), rolloverPercent: 25 }, 'InvalidAmount'],
  ['a limit of 2^53', withLimits({ dailyExecutions: 2 ** 53 }), 'InvalidAmount'],
  ...[0, -0.1, NaN, Infinity].flatMap((share): [string, object, string][] => [
    [`vector 65: warning threshold ${String(share)}`, { warningThreshold: share }, 'InvalidRequest'],
    [`vector 65: degradation threshold ${String(share)}`, { degradationThreshold: share }, 'InvalidRequest'],
  ]),
  ...[
    { webhookURL: 'https://example.com' },
    { webhookUrl: 5 },
    { emailRecipients: 'ada@example.com' },
    { thresholds: [0.5, '0.75'] },
    { thresholds: undefined },
    { thresholds: [0.9, 0.5] },
    { thresholds: [0] },
    { cooldownMinutes: NaN },
    { alertOncePerThreshold: 1 },
  ].map((change): [string, object, string] => [
    `alerts with ${JSON.stringify(change)}`,
    { alerts: { ...ALERT_DEFAULTS, ...change } },
    'InvalidRequest',
  ]),
  ['no budget id', { budgetId: '' }, 'InvalidRequest'],
  ['no organization', withScope({ organizationId: '' }), 'InvalidRequest'],
  ['an empty team', withScope({ teamId: '' }), 'InvalidRequest'],
  ['a user with a space', withScope({ userId: 'a b' }), 'InvalidRequest'],
  ['an agent with a slash', withScope({ agentId: 'a/b' }), 'InvalidRequest'],
  ['another mode', { mode: 'firm' }, 'InvalidRequest'],
  ['no such zone', { timeZone: 'Mars/Olympus' }, 'InvalidRequest'],
  ['anchor day 32', { anchorDay: 32 }, 'InvalidRequest'],
  ...[26, -1, 1.5, NaN, Infinity].map((rolloverPercent): [string, object, string] => [
    `${String(rolloverPercent)} percent carried over`,
    { rolloverPercent },
    'InvalidRequest',
  ]),
  ...(['monthlyMicroUsd', 'dailyMicroUsd', 'monthlyExecutions', 'dailyExecutions'] as const).flatMap((name) =>
    [-1, NaN, 0.5, 2 ** 53].map((by): [string, object, string] => [
      `a raise of ${name} by ${String(by)}`,
      withRaise({ [name]: by }),
      'InvalidAmount',
    ]),
  ),
  ...[NaN, -1, 1.5, 8.64e15 + 1].map((until): [string, object, string] => [
    `a raise until ${String(until)}`,
    withRaise({ until }),
    'InvalidRequest',
  ]),
])('refused: %s', (_name, change, code) => {
  expect(asserting(change)).toThrow(expect.objectContaining({ code }) as Error);
});

test.each<[string, unknown, boolean]>([
  ['none', { teamId: false, userId: false }, true],
  ['both', { teamId: true, userId: true }, true],
  ['one that is left out', { teamId: true }, false],
  ['one that is misspelt', { teamId: true, userID: true }, false],
  ['one too many', { teamId: true, userId: true, agentId: true }, false],
  ['one that is neither true nor false', { teamId: 1, userId: true }, false],
  ['nothing', undefined, false],
  ['null', null, false],
])('what the policy requires: %s', (_name, requires, isAccepted) => {
  const asserted = () => {
    assertPolicy({ ...DEFAULT_POLICY, requires } as OrganizationPolicy);
  };
  if (isAccepted) expect(asserted).not.toThrow();
  else expect(asserted).toThrow(expect.objectContaining({ code: 'InvalidRequest' }) as Error);
});

test.each<[keyof OrganizationPolicy, readonly string[]]>([
  ['noBudget', ['allow', 'deny']],
  ['unconfirmedCost', ['estimate', 'zero']],
  ['failedCost', ['estimate', 'zero']],
])('the policy %s is one of %j', (field, values) => {
  const policy = (value: string) => () => {
    assertPolicy({ ...DEFAULT_POLICY, [field]: value });
  };
  for (const value of values) expect(policy(value)).not.toThrow();
  for (const value of ['', 'maybe', 'constructor']) {
    expect(policy(value)).toThrow(expect.objectContaining({ code: 'InvalidRequest' }) as Error);
  }
});

test('a budget may say of its alerts what it likes; a policy says all of it', () => {
  expect(asserting({ alerts: { thresholds: [0.5] } })).not.toThrow();
  const alerts = { thresholds: [0.5] } as unknown as OrganizationPolicy['alerts'];
  expect(() => {
    assertPolicy({ ...DEFAULT_POLICY, alerts });
  }).toThrow('alerts.webhookUrl must be there');
});
