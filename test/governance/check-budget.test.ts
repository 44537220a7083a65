import type { Budget } from '../../src/domain/budget';
import { DAY, NOON, onEveryStore, TTL, usd, type Limited } from '../store/support';
import { serviceOn } from './support';

const MONTHLY_5_LEFT = 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00';
const ALLOWED = { allowed: true, reason: 'Within budget', degradedMode: false, denial: null, softDenial: null };
const WARNING = { allowed: true, warningTriggered: true, degradedMode: false };
const DEGRADED = { allowed: true, warningTriggered: true, degradedMode: true, reason: 'Budget in degraded mode' };
/** A denial warns of nothing, so that no branch on a warning lets the call pass. */
const DENIED = { allowed: false, warningTriggered: false, warningMessage: null, degradedMode: false };

interface Spent {
  readonly before?: number;
  readonly today?: number;
  readonly executions?: number;
}

onEveryStore('GovernanceService.checkBudget', (ledger) => {
  test.each<[string, Limited & Partial<Pick<Budget, 'mode'>>, Spent, number, object]>([
    ['1', { monthly: 1000 }, { today: 100 }, 50, { ...ALLOWED, remainingBudgetUsd: 900, usagePercentage: 0.1, warningMessage: null }],
    ['2', { monthly: 100 }, { today: 95 }, 4, { allowed: true, remainingBudgetUsd: 5 }],
    ['3, an exact fit', { monthly: 100 }, { today: 95 }, 5, DEGRADED],
    ['4', { monthly: 100 }, { today: 95 }, 10, { ...DENIED, reason: MONTHLY_5_LEFT, remainingBudgetUsd: 5, usagePercentage: 0.95 }],
    [
      '5, soft mode',
      { monthly: 100, mode: 'soft' },
      { today: 95 },
      10,
      { allowed: true, degradedMode: true, reason: MONTHLY_5_LEFT, denial: null, softDenial: { code: 'monthly_cost', requested: 10 } },
    ],
    [
      '6, the day',
      { monthly: 1000, daily: 10 },
      { before: 42, today: 8 },
      5,
      { ...DENIED, reason: 'Daily budget exceeded. Remaining: $2.00, Requested: $5.00', remainingBudgetUsd: 2, usagePercentage: 0.8 },
    ],
    [
      '7, executions 100 of 100',
      { monthlyExecutions: 100 },
      { executions: 100 },
      5,
      { ...DENIED, reason: 'Monthly execution limit exceeded. Limit: 100', denial: { limit: 100, spent: 100 } },
    ],
    ['8, executions 99 of 100', { monthlyExecutions: 100 }, { executions: 99 }, 5, { allowed: true, remainingBudgetUsd: null }],
    ['9 at .70', { monthly: 100 }, { today: 70 }, 0, { ...ALLOWED, warningTriggered: false, warningMessage: null }],
    ['9 at .75', { monthly: 100 }, { today: 75 }, 0, { ...WARNING, warningMessage: 'Budget warning: 75% of monthly budget used' }],
    ['9 at .80', { monthly: 100 }, { today: 80 }, 0, { ...WARNING, warningMessage: 'Budget warning: 80% of monthly budget used' }],
    ['10', { monthly: 100 }, { today: 85 }, 5, WARNING],
    ['11', { monthly: 100 }, { today: 90 }, 1, { ...DEGRADED, warningMessage: 'Budget at 90% - degraded mode active' }],
    ['12, below .90', { monthly: 100 }, { today: 89 }, 1, WARNING],
    ['13, the call itself crosses .75', { monthly: 100 }, { today: 74 }, 20, WARNING],
    ['16', { monthly: 0 }, {}, 0.01, { ...DENIED, remainingBudgetUsd: 0, usagePercentage: 1 }],
    ['17, free work', { monthly: 0 }, {}, 0, { allowed: true, remainingBudgetUsd: 0 }],
    ['18, unlimited', {}, {}, 1_000_000, { ...ALLOWED, remainingBudgetUsd: null, usagePercentage: 0, isUnbudgeted: false }],
    ['19', { monthlyExecutions: 0 }, {}, 0, DENIED],
    ['25, spent exactly the limit', { monthly: 50 }, { today: 50 }, 0, { allowed: true, usagePercentage: 1 }],
    ['31, overdrawn', { monthly: 100 }, { today: 200 }, 1, { ...DENIED, remainingBudgetUsd: 0, usagePercentage: 2 }],
  ])('vector %s', async (_name, { mode = 'hard', ...limits }, { before = 0, today = 0, executions = 0 }, estimate, answer) => {
    let at = NOON - DAY;
    const { check, spend } = await serviceOn(ledger(), () => at);
    await ledger().limit(limits, { mode, at });
    if (before > 0) await spend(before);
    at = NOON;
    if (today > 0) await spend(today);
    const charge = { kind: 'charge' as const, at, call: ledger().call(), amountMicroUsd: usd(0), fingerprint: 'x' };
    const charges = Array.from({ length: executions }, (_, index) => ({ ...charge, key: String(index) }));
    await ledger().store.applyBatch(ledger().organizationId, charges);
    expect(await check(estimate)).toMatchObject(answer);
  });

  test('vector 14: ten calls of 5 on 50, then an 11th: usage 1.0, and the denial says why in full', async () => {
    const { check, spend } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 50 });
    for (let call = 0; call < 10; call += 1) {
      expect(await check(5)).toMatchObject({ allowed: true });
      await spend(5);
    }
    expect(await check(5)).toEqual({
      ...DENIED,
      reason: 'Monthly budget exceeded. Remaining: $0.00, Requested: $5.00',
      remainingBudgetUsd: 0,
      usagePercentage: 1,
      isUnbudgeted: false,
      softDenial: null,
      denial: {
        code: 'monthly_cost',
        budgetId: 'main',
        scope: ledger().call(),
        level: 'organization',
        limit: 50,
        spent: 50,
        held: 0,
        requested: 5,
        available: 0,
        resetsAt: '2026-04-01T00:00:00.000Z',
        reason: 'Monthly budget exceeded. Remaining: $0.00, Requested: $5.00',
      },
    });
  });

  test('vector 15: organization, team and user: all must pass, the widest answers, the narrowest says what remains', async () => {
    const { service, call } = await serviceOn(ledger(), () => NOON);
    await ledger().limit({ monthly: 100 }, { budgetId: 'org' });
    await ledger().limit({ monthly: 50 }, { budgetId: 'team', scope: { teamId: 'red' } });
    await ledger().limit({ monthly: 10 }, { budgetId: 'ann', scope: { userId: 'ann' } });
    const check = (estimatedCost: number, ids: object = {}) => service.checkBudget({ ...call, ...ids, estimatedCost });
    expect(await check(60)).toMatchObject({ allowed: true, remainingBudgetUsd: 100 });
    expect(await check(60, { teamId: 'red' })).toMatchObject({ allowed: false, denial: { level: 'team' }, remainingBudgetUsd: 50 });
    // A user's cap is ignored when a team pays: it is not.
    expect(await check(20, { teamId: 'red', userId: 'ann' })).toMatchObject({ denial: { level: 'user' }, remainingBudgetUsd: 10 });
    expect(await check(200, { teamId: 'red', userId: 'ann' })).toMatchObject({ denial: { level: 'organization', available: 100 } });
  });

  test('an id that no budget covers is allowed, registered or not; unless the organization denies that', async () => {
    const { check } = await serviceOn(ledger());
    await ledger().limit({ monthly: 1 }, { scope: { agentId: 'another' } });
    expect(await check(10)).toMatchObject({ allowed: true, reason: 'No budget applies', isUnbudgeted: true, remainingBudgetUsd: null });
    await ledger().policy({ noBudget: 'deny' });
    expect(await check(10)).toMatchObject({ ...DENIED, reason: 'No budget applies', remainingBudgetUsd: 0, denial: { code: 'no_budget' } });
  });

  test('it counts what others hold (the check the user calls first does not see the holds that the reserve sees), and holds nothing', async () => {
    let at = NOON;
    const { check, reserve } = await serviceOn(ledger(), () => at);
    await ledger().limit({ monthly: 100 });
    await reserve(60);
    for (let n = 0; n < 3; n += 1) expect(await check(40)).toMatchObject({ allowed: true, remainingBudgetUsd: 40 });
    expect(await check(41)).toMatchObject({ allowed: false, denial: { held: 60 } });
    expect(await ledger().month()).toEqual({ spent: 0, held: 60, executions: 1 });
    await ledger().reserve('idle', 40);
    at += TTL;
    expect(await check(40)).toMatchObject({ allowed: true });
  });

  test('limits that were raised count at once, and the next month begins anew', async () => {
    let at = NOON;
    const { check, spend } = await serviceOn(ledger(), () => at);
    await ledger().limit({ monthly: 10 });
    await spend(10);
    expect(await check(5)).toMatchObject({ allowed: false });
    await ledger().limit({ monthly: 20 });
    expect(await check(5)).toMatchObject({ allowed: true, remainingBudgetUsd: 10 });
    at = Date.UTC(2026, 3, 1);
    expect(await check(20)).toMatchObject({ allowed: true, remainingBudgetUsd: 20, usagePercentage: 0 });
  });
});
