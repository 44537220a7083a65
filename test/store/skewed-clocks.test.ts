import { keys, Processes } from './processes';
import { cost, DAY, MINUTE, TTL, type Ledger } from './support';

const HOUR = 60 * MINUTE;
/** Two hours before the day and the month end. */
const LATE = Date.UTC(2026, 2, 31, 22);
const MIDNIGHT = LATE + 2 * HOUR;

let processes: Processes;
beforeAll(async () => {
  processes = await Processes.start();
});
afterEach(() => processes.settle());
afterAll(() => processes.end());

async function twoProcesses(limits: { monthly?: number; daily?: number }): Promise<{ ledger: Ledger; ahead: Ledger }> {
  const ledger = await processes.limited(1_000);
  await ledger.limit(limits);
  return { ledger, ahead: processes.elsewhere(ledger) };
}

test.each([
  ['5 minutes', 5 * MINUTE],
  ['3 hours', 3 * HOUR],
])(
  'a process whose clock is %s ahead ends a hold that much too early, and no more; what it cost is charged, once',
  async (_skew, skewMs) => {
    const { ledger, ahead } = await twoProcesses({ monthly: 100 });
    await ledger.reserve('key', 2, { at: LATE });
    const endsAt = LATE + TTL - skewMs;
    if (endsAt > LATE) expect(await ahead.expire(endsAt - 1 + skewMs)).toMatchObject({ expired: 0 });
    expect(await ahead.expire(endsAt + skewMs)).toMatchObject({ expired: 1 });
    expect(await ledger.month(LATE)).toMatchObject({ spent: 0, held: 0 });
    const committed = await ledger.commit('key', cost(1), LATE + MINUTE);
    expect(committed).toMatchObject({ state: 'committed', isLate: true });
    expect(await ahead.commit('key', cost(1), LATE + MINUTE + skewMs)).toEqual(committed);
    expect(await ledger.month(LATE)).toEqual({ spent: 1, held: 0, executions: 1 });
  },
);

test('a month that a clock ahead closes two hours too early is closed once, and its statement says what one in time would', async () => {
  const [skewed, inTime] = [await twoProcesses({ monthly: 100 }), await twoProcesses({ monthly: 100 })];
  for (const { ledger } of [skewed, inTime]) await ledger.reserve('long', 5, { at: LATE, ttlMs: 4 * HOUR });
  await skewed.ahead.charge('first of April', 7, { at: MIDNIGHT + HOUR });
  expect(await skewed.ahead.close(MIDNIGHT + 5 * MINUTE)).toMatchObject({ closed: 1 });
  for (const { ledger } of [skewed, inTime]) {
    await ledger.charge('last of March', 3, { at: LATE + HOUR });
    expect(await ledger.close(MIDNIGHT + 5 * MINUTE)).toMatchObject({ closed: ledger === inTime.ledger ? 1 : 0 });
    await ledger.commit('long', cost(4), MIDNIGHT + HOUR);
  }
  await inTime.ahead.charge('first of April', 7, { at: MIDNIGHT + HOUR });
  const [early, prompt] = [await skewed.ledger.statements(), await inTime.ledger.statements()];
  expect(prompt).toHaveLength(1);
  expect(early).toEqual(prompt);
  expect(await skewed.ledger.month(MIDNIGHT)).toEqual({ spent: 7, held: 0, executions: 1 });
});

test('a day that a clock ahead has begun has begun for all: nobody can spend from the one before any more, nor more than a limit a day', async () => {
  const { ledger, ahead } = await twoProcesses({ daily: 5 });
  const [tonight, tomorrow] = [LATE - 10 * DAY, MIDNIGHT - 10 * DAY];
  await ledger.charge('tonight', 3, { at: tonight });
  expect((await ahead.reserve('too early', 4, { at: tomorrow - 1 })).status).toBe('denied');
  expect((await ahead.reserve('tomorrow', 4, { at: tomorrow })).status).toBe('granted');
  expect((await ledger.reserve('tonight as well', 2, { at: tonight + MINUTE })).status).toBe('denied');
  expect((await ledger.reserve('what is left of tomorrow', 1, { at: tonight + MINUTE })).status).toBe('granted');
  expect(await ledger.day(tomorrow)).toMatchObject({ start: tomorrow, spent: 0, held: 5 });
});

test('the first `at` that is stored under a key is kept, whoever says another', async () => {
  const { ledger, ahead } = await twoProcesses({ monthly: 100 });
  const at = (n: number) => LATE + (n % 2) * 5 * MINUTE;
  const [first, ...others] = await Promise.all([ledger, ahead, ledger, ahead].map((its, n) => its.reserve('key', 2, { at: at(n) })));
  expect([at(0), at(1)].map((each) => each + TTL)).toContain(first?.receipt.expiresAt);
  for (const answer of others) expect(answer).toEqual(first);
  expect(await ledger.month(LATE)).toEqual({ spent: 0, held: 2, executions: 1 });
});

test('processes whose clocks are hours apart, at once and over the end of a month: each call is charged once, in one of the months', async () => {
  const { ledger } = await twoProcesses({ monthly: 1_000 });
  const clocks = [-3, 0, 3].map((hours) => MIDNIGHT + hours * HOUR);
  const all = clocks.map((at) => ({ at, its: processes.elsewhere(ledger) }));
  await Promise.all(
    all.flatMap(({ at, its }) =>
      keys(20).map(async (key) => {
        await its.reserve(key, 2, { at });
        await its.commit(key, cost(1), at + MINUTE);
        await its.expire(at + MINUTE);
      }),
    ),
  );
  const [march, april] = [await ledger.month(LATE), await ledger.month(MIDNIGHT)];
  expect([march, april]).toMatchObject([
    { spent: 20, held: 0 },
    { spent: 40, held: 0 },
  ]);
});
