import { claim, crossedIn, HOOK, sent, told } from './alert-support';
import { cost, DAY, MINUTE, NOON, onEveryStore, usd } from './support';

const APRIL = Date.UTC(2026, 3, 1, 12);

onEveryStore('crossings', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }, { alerts: HOOK }));

  test('vector 62: one commit from .40 to .95 crosses .50 .75 .90, in order, each once (one per request instead of per crossing)', async () => {
    await ledger().charge('a', 40);
    expect(await claim(ledger())).toBeNull();
    await ledger().charge('b', 55);
    const alert = await claim(ledger());
    expect(crossedIn(alert)).toEqual(['month cost 0.5', 'month cost 0.75', 'month cost 0.9']);
    expect(alert?.message).toMatchObject({
      event: 'budget.warning',
      month: { limitUsd: 100, spentUsd: 95, remainingUsd: 5, usage: 0.95 },
      denials: null,
      closed: null,
    });
    await sent(ledger(), alert);
    await ledger().charge('c', 1);
    expect(await claim(ledger())).toBeNull();
  });

  test('vector 61: what reaches the limit is exhausted', async () => {
    await ledger().charge('a', 100);
    expect((await claim(ledger()))?.message).toMatchObject({ event: 'budget.exhausted', crossings: { length: 4 } });
  });

  test('a hold crosses nothing; its commit does', async () => {
    await ledger().reserve('a', 95);
    expect(await claim(ledger())).toBeNull();
    await ledger().commit('a', cost(60));
    expect(await told(ledger())).toEqual(['month cost 0.5']);
  });

  test('vector 63: usage falls below and crosses again in the period: no second alert', async () => {
    await ledger().charge('a', 60);
    expect(await told(ledger())).toEqual(['month cost 0.5']);
    await ledger().limit({ monthly: 200 }, { alerts: HOOK });
    await ledger().charge('b', 30);
    await ledger().charge('c', 20);
    expect(await told(ledger())).toBeNull();
    await ledger().charge('d', 40);
    expect(await told(ledger())).toEqual(['month cost 0.75']);
  });

  test('vector 64: the next period crosses again, and is alerted again (never again after the first period)', async () => {
    await ledger().charge('a', 60);
    await told(ledger());
    await ledger().charge('b', 60, { at: APRIL });
    const alert = await claim(ledger(), { at: APRIL });
    expect(crossedIn(alert)).toEqual(['month cost 0.5']);
    expect(alert?.message.month.start).toBe('2026-04-01T00:00:00.000Z');
  });

  test("the day's limit is crossed apart, and again the next day (deduplicated by the wrong scope)", async () => {
    await ledger().limit({ monthly: 1000, daily: 10 }, { alerts: HOOK });
    await ledger().charge('a', 8);
    expect(await told(ledger())).toEqual(['day cost 0.5', 'day cost 0.75']);
    await ledger().charge('b', 6, { at: NOON + DAY });
    expect(await told(ledger(), NOON + DAY)).toEqual(['day cost 0.5']);
  });

  test('executions cross too', async () => {
    await ledger().limit({ monthlyExecutions: 4 }, { alerts: HOOK });
    await ledger().charge('a', 0);
    expect(await told(ledger())).toBeNull();
    await ledger().charge('b', 0);
    expect(await told(ledger())).toEqual(['month executions 0.5']);
  });

  test('told again once a cooldown where thresholds are not told once only', async () => {
    await ledger().limit({ monthly: 100 }, { alerts: { ...HOOK, alertOncePerThreshold: false } });
    const charge = async (minutes: number) => {
      await ledger().charge(`at ${String(minutes)}`, minutes === 0 ? 80 : 1, { at: NOON + minutes * MINUTE });
      return told(ledger(), NOON + minutes * MINUTE);
    };
    expect(await charge(0)).toEqual(['month cost 0.5', 'month cost 0.75']);
    expect(await charge(14)).toBeNull();
    expect(await charge(15)).toEqual(['month cost 0.75']);
    expect(await charge(29)).toBeNull();
    expect(await charge(31)).toEqual(['month cost 0.75']);
  });

  test('a late cost crosses in its own month', async () => {
    await ledger().reserve('a', 10, { ttlMs: 60 * DAY });
    await ledger().commit('a', cost(55), APRIL);
    const alert = await claim(ledger(), { at: APRIL });
    expect(alert?.message).toMatchObject({ month: { start: '2026-03-01T00:00:00.000Z', spentUsd: 55 }, crossings: [{ threshold: 0.5 }] });
  });

  test('a lower limit that spend has reached already tells at once; a hard budget would never charge again', async () => {
    await ledger().charge('a', 40);
    await ledger().limit({ monthly: 30 }, { alerts: HOOK });
    expect((await claim(ledger()))?.message).toMatchObject({
      event: 'budget.exhausted',
      crossings: { length: 4 },
      month: { spentUsd: 40, limitUsd: 30 },
    });
  });

  test('a change that lowers nothing tells nothing again', async () => {
    await ledger().charge('a', 60);
    expect(await told(ledger())).toEqual(['month cost 0.5']);
    await ledger().limit({ monthly: 100 }, { alerts: HOOK, mode: 'soft' });
    expect(await told(ledger())).toBeNull();
  });

  test('a late cost in a month that was raised counts by the raised limit (no false exhaustion)', async () => {
    const raise = { monthlyMicroUsd: usd(300), dailyMicroUsd: usd(0), monthlyExecutions: 0, dailyExecutions: 0, until: null };
    await ledger().limit({ monthly: 100 }, { alerts: HOOK, raise });
    await ledger().charge('a', 180);
    await ledger().reserve('b', 1, { ttlMs: 60 * DAY });
    await ledger().commit('b', cost(1), APRIL);
    expect(await told(ledger(), APRIL)).toBeNull();
  });

  test('what is told after midnight is told of its own day', async () => {
    await ledger().limit({ daily: 10 }, { alerts: HOOK });
    await ledger().charge('a', 10, { at: NOON });
    await ledger().charge('b', 0.1, { at: NOON + DAY });
    const alert = await claim(ledger(), { at: NOON + DAY });
    expect(alert?.message.day).toMatchObject({ start: '2026-03-10T00:00:00.000Z', spentUsd: 10, limitUsd: 10 });
  });

  test('who crosses is whose hold was charged, not whose reserve ended it', async () => {
    await ledger().reserve('a', 60, { call: ledger().call({ agentId: 'slow' }), startsWork: true });
    await ledger().reserve('idle', 39);
    await ledger().reserve('b', 40, { call: ledger().call({ agentId: 'other' }), at: NOON + DAY });
    expect((await claim(ledger(), { at: NOON + DAY }))?.message).toMatchObject({ agentId: 'slow', crossings: [{ threshold: 0.5 }] });
  });

  test('without a channel it is listed nowhere and sent to nobody; the organization may have one', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().charge('a', 60);
    expect(await claim(ledger())).toBeNull();
    await ledger().policy({ alerts: HOOK });
    await ledger().charge('b', 20);
    expect(await told(ledger())).toEqual(['month cost 0.75']);
  });
});

onEveryStore('denials and resets', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 10 }, { alerts: HOOK }));

  test('denials alert, coalesced; a key that asks again is no other denial (denials never alert)', async () => {
    await ledger().reserve('a', 11, { call: ledger().call({ agentId: 'writer' }) });
    for (const key of ['b', 'c', 'c', 'c']) await ledger().reserve(key, 12, { call: ledger().call({ agentId: 'reader' }) });
    const alert = await claim(ledger());
    expect(alert?.message).toMatchObject({ event: 'budget.denied', agentId: 'reader', crossings: [] });
    expect(alert?.message.denials).toEqual({
      count: 3,
      reason: 'Monthly budget exceeded. Remaining: $10.00, Requested: $12.00',
      window: 'month',
      kind: 'cost',
    });
  });

  test('denials after a message are told by the next one (not counted on a row that was told)', async () => {
    await ledger().reserve('a', 11);
    await sent(ledger(), await claim(ledger()));
    for (let denied = 0; denied < 50; denied += 1) await ledger().reserve(`b${String(denied)}`, 11, { at: NOON + MINUTE });
    const second = await claim(ledger(), { at: NOON + 2 * MINUTE });
    expect(second?.message.denials?.count).toBe(50);
    await sent(ledger(), second);
    await ledger().reserve('c', 11, { at: NOON + 3 * MINUTE });
    expect((await claim(ledger(), { at: NOON + 4 * MINUTE }))?.message.denials?.count).toBe(1);
  });

  test('the first call of a month is denied: told, although nothing touched that month', async () => {
    await ledger().reserve('a', 11, { at: APRIL });
    const alert = await claim(ledger(), { at: APRIL });
    expect(alert?.message).toMatchObject({
      event: 'budget.denied',
      month: { start: '2026-04-01T00:00:00.000Z', spentUsd: 0, limitUsd: 10 },
    });
  });

  test('a closed period tells of itself, of several the last, and of the month that has begun', async () => {
    await ledger().limit({ monthly: 10 }, { alerts: HOOK, rolloverPercent: 25 });
    await ledger().charge('a', 4);
    await ledger().charge('b', 2, { at: Date.UTC(2026, 5, 1) });
    await ledger().close(Date.UTC(2026, 5, 1, 0, 5));
    expect((await claim(ledger()))?.message).toMatchObject({
      event: 'budget.reset',
      month: { start: '2026-06-01T00:00:00.000Z', resetsAt: '2026-07-01T00:00:00.000Z', spentUsd: 2, limitUsd: 12.5 },
      closed: { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z', spentUsd: 0, limitUsd: 12.5 },
    });
  });
});
