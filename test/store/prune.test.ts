import { perform } from '../../src/store/budget-store';
import { statements } from '../../src/store/reports';
import { cost, DAY, FAILED, KILLED, Ledger, NOON, onEveryStore, runOf, TTL, usd, UNKNOWN_COST } from './support';

const LATER = NOON + 200 * DAY;
const BEFORE = LATER - 100 * DAY;

function prune(ledger: Ledger, { at = LATER, before = BEFORE, most = 100 } = {}) {
  return perform<'prune'>(ledger.store, ledger.organizationId, { kind: 'prune', at, before, most });
}

async function closeAndPrune(ledger: Ledger) {
  await ledger.expire(LATER);
  await ledger.close(LATER);
  return prune(ledger);
}

type Doing = (ledger: Ledger) => Promise<unknown>;
const startsWork = { startsWork: true };
const inRun = (runId: string) => ({ run: runOf(runId) });

const granted: Doing = (ledger) => ledger.reserve('k', 2, startsWork);
const committed: Doing = async (ledger) => {
  await granted(ledger);
  await ledger.commit('k', cost(1.5));
};
const attempted: Doing = async (ledger) => {
  await ledger.reserve('k', 2, inRun('r1'));
  await ledger.start('k', 'x1', { activityId: 'x', runId: 'r1' });
  await ledger.finish('k', 'x1', cost(1.25));
  await ledger.settle('k');
};
const released: Doing = async (ledger) => {
  await ledger.reserve('k', 2, inRun('r1'));
  await ledger.release('k', runOf('r1'));
};
const givenBack: Doing = async (ledger) => {
  await ledger.reserve('k', 2);
  await ledger.release('k');
};
const denied: Doing = (ledger) => ledger.reserve('k', 20);
const charged: Doing = (ledger) => ledger.charge('k', 3);
const lapsed: Doing = async (ledger) => {
  await ledger.reserve('k', 2);
  await ledger.expire(NOON + TTL);
};
const barred: Doing = (ledger) => ledger.release('k', runOf('r1'));

const again: Doing = (ledger) => ledger.reserve('k', 2, { ...startsWork, at: LATER });
const againInRun = (runId: string): Doing => {
  return (ledger) => ledger.reserve('k', 2, { ...inRun(runId), at: LATER });
};
const commitOf = (amount: number): Doing => {
  return (ledger) => ledger.commit('k', cost(amount), LATER);
};
const commitUnknown: Doing = (ledger) => ledger.commit('k', UNKNOWN_COST, LATER);
const releaseAgain: Doing = (ledger) => ledger.release('k', null, LATER);
const releaseFor = (runId: string): Doing => {
  return (ledger) => ledger.release('k', runOf(runId), LATER);
};
const settleAgain: Doing = (ledger) => ledger.settle('k', LATER);
const extend: Doing = (ledger) => ledger.extend('k', LATER);
const startOf = (attemptId: string): Doing => {
  return (ledger) => ledger.start('k', attemptId, { at: LATER, activityId: 'x', runId: 'r1' });
};
const finishOf = (attemptId: string, amount: number): Doing => {
  return (ledger) => ledger.finish('k', attemptId, cost(amount), LATER);
};
const chargeOf = (amount: number): Doing => {
  return (ledger) => ledger.charge('k', amount, { at: LATER });
};

/** What a caller learns: but for the organization, and for how the budgets stood when a taken key was granted. */
async function answerOf(doing: Doing, ledger: Ledger): Promise<unknown> {
  const answer = await doing(ledger).catch((error: unknown) => String(error));
  const told = JSON.stringify(answer).replaceAll(ledger.organizationId, 'the organization');
  const parsed = JSON.parse(told) as { status?: string };
  return parsed.status === 'taken' ? { ...parsed, decision: null } : parsed;
}

onEveryStore('a pruned key answers as it did', (ledger) => {
  test.each<[string, string, Doing, Doing, Doing?]>([
    ['a committed key', 'is reserved again', committed, again],
    ['a committed key', 'is reserved with another body', committed, (own) => own.reserve('k', 3, { at: LATER })],
    ['a committed key', 'is reserved by a run', committed, againInRun('r2')],
    ['a committed key', 'is committed at the same amount', committed, commitOf(1.5)],
    ['a committed key', 'is committed at another amount', committed, commitOf(1.75)],
    ['a committed key', 'is committed, nobody knows at what', committed, commitUnknown],
    ['a committed key', 'is released', committed, releaseAgain],
    ['a committed key', 'is settled', committed, settleAgain],
    ['a committed key', 'is extended', committed, extend],
    ['a committed key', 'starts an attempt', committed, startOf('x1'), finishOf('x1', 1)],
    ['a key of attempts', 'is committed besides', attempted, commitOf(0.5), commitOf(0.75)],
    ['a key of attempts', 'starts its attempt again', attempted, startOf('x1')],
    ['a key of attempts', 'starts another attempt', attempted, startOf('x2'), finishOf('x2', 0.5)],
    ['a key of attempts', 'finishes its attempt again', attempted, finishOf('x1', 1.25)],
    ['a key of attempts', 'finishes its attempt at another cost', attempted, finishOf('x1', 1)],
    ['a key of attempts', 'is reserved by the same run', attempted, againInRun('r1')],
    ['a key of attempts', 'is reserved by a later run', attempted, againInRun('r2'), commitOf(0.5)],
    ['a key of attempts', 'is released for its run', attempted, releaseFor('r1')],
    ['a key that its run gave back', 'is reserved by that run', released, againInRun('r1')],
    ['a key that its run gave back', 'is reserved by another run', released, againInRun('r2'), releaseFor('r2')],
    ['a key that its run gave back', 'is committed after all', released, commitOf(1), commitOf(1)],
    ['a key that was released', 'is committed after all', givenBack, commitOf(1), commitOf(2)],
    ['a key that was released', 'is released again', givenBack, releaseAgain],
    ['a key that was released', 'is reserved again', givenBack, again],
    ['an expired key', 'is committed late', lapsed, commitOf(1), commitOf(1)],
    ['an expired key', 'starts an attempt', lapsed, startOf('x1'), settleAgain],
    ['an expired key', 'is released', lapsed, releaseAgain],
    ['a denied key', 'is reserved again', denied, (own) => own.reserve('k', 20, { at: LATER })],
    ['a denied key', 'is committed', denied, commitOf(1)],
    ['a charge', 'is charged again', charged, chargeOf(3)],
    ['a charge', 'is charged at another amount', charged, chargeOf(4)],
    ['a barred key', 'is reserved by its run', barred, againInRun('r1')],
    ['a barred key', 'is reserved by another run', barred, againInRun('r2'), commitOf(1)],
  ])('%s %s', async (_what, _then, before, doing, next = doing) => {
    const [pruned, whole] = [ledger(), new Ledger(ledger().store)];
    for (const own of [pruned, whole]) {
      await own.limit({ monthly: 10, daily: 8 });
      await before(own);
      await own.expire(LATER);
      await own.close(LATER);
    }
    await prune(pruned);
    const entries = await pruned.store.entries(pruned.organizationId, null, 0, 10);
    expect(entries).toEqual([]);
    for (const one of [doing, next]) {
      expect(await answerOf(one, pruned)).toEqual(await answerOf(one, whole));
      for (const at of [NOON, LATER]) expect(await pruned.month(at)).toEqual(await whole.month(at));
      expect(await pruned.audit()).toEqual([]);
    }
  });
});

onEveryStore('what is pruned', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 10 }));

  test('a settled hold is reduced and its entries are summed up; statement, month and receipt stay', async () => {
    await committed(ledger());
    await ledger().close(LATER);
    const { store, organizationId } = ledger();
    const before = { month: await ledger().month(), statement: await statements(store, organizationId, 'main') };
    const receipt = await ledger().commit('k', cost(1.5), LATER);
    expect(await prune(ledger())).toEqual({ holds: 1, entries: 2, isComplete: true });
    expect(await store.hold(organizationId, 'k')).toMatchObject({ decision: null, counted: [], attempts: [{ lines: [] }] });
    expect(await store.entries(organizationId, null, 0, 10)).toEqual([]);
    expect({ month: await ledger().month(), statement: await statements(store, organizationId, 'main') }).toEqual(before);
    expect(await ledger().commit('k', cost(1.5), LATER)).toEqual(receipt);
    expect(await prune(ledger())).toEqual({ holds: 0, entries: 0, isComplete: true });
  });

  test('a denied key keeps its denial', async () => {
    await denied(ledger());
    const asked = await denied(ledger());
    await closeAndPrune(ledger());
    expect(await denied(ledger())).toEqual(asked);
  });

  test.each<[string, Doing]>([
    ['killed', (own) => own.finish('k', 'x1', KILLED)],
    ['failed at no known cost', (own) => own.finish('k', 'x1', FAILED)],
  ])('a hold whose attempt was %s stays whole: a cost that comes after years still corrects it once', async (_how, end) => {
    await ledger().reserve('k', 2, inRun('r1'));
    await ledger().start('k', 'x1', { activityId: 'x', runId: 'r1' });
    await end(ledger());
    await ledger().settle('k');
    expect(await closeAndPrune(ledger())).toMatchObject({ holds: 0, isComplete: true });
    await ledger().finish('k', 'x1', cost(0.5), LATER);
    expect(await ledger().month()).toMatchObject({ spent: 0.5 });
    await expect(ledger().finish('k', 'x1', cost(0.75), LATER)).rejects.toThrow('cannot be charged');
  });

  test.each<[string, Doing, (own: Ledger) => Promise<unknown>]>([
    ['an open hold', (own) => own.reserve('k', 2, { ttlMs: 366 * DAY }), (own) => own.close(LATER)],
    ['a month that is not closed', committed, () => Promise.resolve()],
    ['a hold that settled lately', granted, async (own) => own.close(LATER).then(() => own.commit('k', cost(1), BEFORE))],
  ])('%s waits, and is pruned when its time has come', async (what, before, then) => {
    await before(ledger());
    await then(ledger());
    expect(await prune(ledger())).toMatchObject({ holds: 0, isComplete: true });
    if (what.startsWith('an open')) await ledger().commit('k', cost(1), LATER);
    await ledger().close(LATER + 400 * DAY);
    expect(await prune(ledger(), { at: LATER + 800 * DAY, before: LATER + 600 * DAY })).toMatchObject({ holds: 1, entries: 2 });
  });

  test('what is younger stays, and pages go on where the last one ended', async () => {
    for (let day = 0; day < 5; day += 1) {
      await ledger().reserve(`k${String(day)}`, 1, { at: NOON + day * DAY, startsWork: true });
      await ledger().commit(`k${String(day)}`, cost(1), NOON + day * DAY);
    }
    await ledger().reserve('young', 1, { at: LATER - 61 * DAY, startsWork: true });
    await ledger().commit('young', cost(1), LATER - 61 * DAY);
    await ledger().close(LATER);
    const pages = [];
    for (let page = 0; page < 7; page += 1) pages.push(await prune(ledger(), { before: LATER - 62 * DAY, most: 2 }));
    expect(pages.map(({ holds }) => holds)).toEqual([2, 2, 1, 0, 0, 0, 0]);
    expect(pages.map(({ entries }) => entries)).toEqual([2, 2, 2, 2, 2, 0, 0]);
    expect(pages.at(-1)?.isComplete).toBe(true);
    expect(await ledger().store.entries(ledger().organizationId, 'main', 0, 10)).toHaveLength(2);
  });

  test('holds whose time ended in the same instant are paged by their keys', async () => {
    for (const key of ['B', 'a', 'C', 'b']) await ledger().charge(key, 1);
    await ledger().close(LATER);
    for (let page = 0; page < 4; page += 1) expect(await prune(ledger(), { most: 1 })).toMatchObject({ holds: 1, entries: 1 });
    expect(await prune(ledger(), { most: 1 })).toEqual({ holds: 0, entries: 0, isComplete: true });
  });

  test('what a clock far ahead wrote keeps nothing else from being pruned', async () => {
    const ahead = Date.UTC(2090, 0, 1);
    await ledger().charge('ahead', 1, { at: ahead });
    await ledger().reserve('late', 1, startsWork);
    await ledger().commit('late', cost(1), ahead);
    await ledger().charge('k', 1);
    await ledger().close(LATER);
    expect(await prune(ledger())).toEqual({ holds: 1, entries: 1, isComplete: true });
    expect(await ledger().store.prunableOrganizations(LATER, BEFORE)).not.toContain(ledger().organizationId);
  });

  test('what no budget limits is summed up as well', async () => {
    const call = ledger().call({ teamId: 'none' });
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    const charge = { kind: 'charge' as const, key: 'k', at: NOON, call, amountMicroUsd: usd(1), fingerprint: 'k' };
    await perform(ledger().store, ledger().organizationId, charge);
    expect(await prune(ledger())).toEqual({ holds: 0, entries: 1, isComplete: true });
    expect(await ledger().store.entries(ledger().organizationId, null, 0, 10)).toEqual([]);
  });

  test('organizations with something old are found, and no others', async () => {
    const found = () => ledger().store.prunableOrganizations(LATER, BEFORE);
    await committed(ledger());
    expect(await found()).toContain(ledger().organizationId);
    expect(await ledger().store.prunableOrganizations(LATER, NOON - DAY)).not.toContain(ledger().organizationId);
    await closeAndPrune(ledger());
    expect(await found()).not.toContain(ledger().organizationId);
  });

  test.each([
    ['less than 62 days', { before: LATER - 61 * DAY }, 'before must be at least 62 days ago'],
    ['no page', { most: 0 }, 'most must be a whole number from 1 to 1000'],
    ['too large a page', { most: 1_001 }, 'most must be a whole number from 1 to 1000'],
  ])('%s is refused', async (_what, request, message) => {
    await expect(prune(ledger(), request)).rejects.toThrow(message);
  });
});
