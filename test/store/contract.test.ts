import { NOON, onEveryStore, runOf, usd } from './support';

onEveryStore('decisions on the ledger', (ledger) => {
  const outcomes = (answers: readonly { status: string }[]) => ({
    granted: answers.filter(({ status }) => status === 'granted').length,
    denied: answers.filter(({ status }) => status === 'denied').length,
  });

  async function oneAfterTheOther(count: number, amount: number) {
    const answers = [];
    for (let call = 0; call < count; call++) answers.push(await ledger().reserve(`call-${String(call)}`, amount));
    return answers;
  }

  test('14: ten calls of 5 on 50, then an 11th is denied, usage 1.0', async () => {
    await ledger().limit({ monthly: 50 });
    const answers = await oneAfterTheOther(11, 5);
    expect(outcomes(answers)).toEqual({ granted: 10, denied: 1 });
    expect(answers[10]).toMatchObject({ status: 'denied', denial: { held: usd(50), limit: usd(50), available: 0 } });
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 10 });
  });

  test('14: the denial is complete, and a denied key keeps it', async () => {
    await ledger().limit({ monthly: 10 });
    await ledger().reserve('first', 7);
    const answer = await ledger().reserve('second', 4);
    expect(answer).toMatchObject({
      status: 'denied',
      denial: {
        code: 'monthly_cost',
        budgetId: 'main',
        scope: ledger().call(),
        level: 'organization',
        limit: usd(10),
        spent: 0,
        held: usd(7),
        requested: usd(4),
        available: usd(3),
        resetsAt: Date.UTC(2026, 3, 1),
        reason: 'Monthly budget exceeded. Remaining: $3.00, Requested: $4.00',
      },
    });
    await ledger().release('first');
    expect(await ledger().reserve('second', 4)).toEqual(answer);
    expect(await ledger().start('second', 'a')).toMatchObject({ status: 'denied' });
    await expect(ledger().commit('second', { status: 'succeeded', costMicroUsd: usd(1) })).rejects.toMatchObject({ code: 'HoldDenied' });
  });

  test('15: org 10000 and team 5000 over the same agent: both must pass; each counted on its own', async () => {
    await ledger().limit({ monthly: 10000 }, { budgetId: 'org' });
    await ledger().limit({ monthly: 5000 }, { budgetId: 'team', scope: { teamId: 'red' } });
    const red = ledger().call({ teamId: 'red', agentId: 'agent' });
    const blue = ledger().call({ teamId: 'blue', agentId: 'agent' });
    expect(await ledger().reserve('a', 5000, { call: red })).toMatchObject({ status: 'granted' });
    expect(await ledger().reserve('b', 1, { call: red })).toMatchObject({ status: 'denied', denial: { budgetId: 'team', level: 'team' } });
    expect(await ledger().reserve('c', 5000, { call: blue })).toMatchObject({ status: 'granted' });
    expect(await ledger().reserve('d', 1, { call: blue })).toMatchObject({ status: 'denied', denial: { budgetId: 'org' } });
    expect(await ledger().month(NOON, 'org')).toEqual({ spent: 0, held: 10000, executions: 2 });
    expect(await ledger().month(NOON, 'team')).toEqual({ spent: 0, held: 5000, executions: 1 });
  });

  test.each([
    ['21: 1.00, calls of 0.05: exactly 20 pass (float drift)', 1, 0.05, 20],
    ['22: 0.30, calls of 0.10: exactly 3 pass (float drift)', 0.3, 0.1, 3],
    ['16: a cap of 0 means nothing, never unlimited', 0, 0.01, 0],
  ])('%s', async (_name, monthly, amount, passing) => {
    await ledger().limit({ monthly });
    expect(outcomes(await oneAfterTheOther(passing + 2, amount))).toEqual({ granted: passing, denied: 2 });
  });

  test('23: two concurrent 60 on 100: exactly one passes', async () => {
    await ledger().limit({ monthly: 100 });
    const answers = await Promise.all(['a', 'b'].map((key) => ledger().reserve(key, 60)));
    expect(outcomes(answers)).toEqual({ granted: 1, denied: 1 });
  });

  test('24: 200 concurrent 1 on 50: exactly 50 pass (parallel calls pass one check together)', async () => {
    await ledger().limit({ monthly: 50 });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, call) => ledger().reserve(`call-${String(call)}`, 1)));
    expect(outcomes(answers)).toEqual({ granted: 50, denied: 150 });
    expect(await ledger().month()).toEqual({ spent: 0, held: 50, executions: 50 });
  });

  test('the first calls of an unknown user', async () => {
    await ledger().limit({ monthly: 2 }, { budgetId: 'new-user', scope: { userId: 'new' } });
    const call = ledger().call({ userId: 'new' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ledger().reserve(`k${String(index)}`, 1, { call })));
    expect(outcomes(answers)).toEqual({ granted: 2, denied: 18 });
  });

  test('reserve sees holds, of every run (reserve ignores holds)', async () => {
    await ledger().limit({ monthlyExecutions: 2 });
    await ledger().reserve('a', 0, { run: runOf('1') });
    await ledger().reserve('b', 0, { run: runOf('2', '2') });
    expect(await ledger().reserve('c', 0)).toMatchObject({ status: 'denied', denial: { code: 'monthly_executions', limit: 2, spent: 2 } });
  });

  test('raising a limit takes effect on the very next reserve, and zeroes no usage (applying configuration zeroes usage)', async () => {
    await ledger().limit({ monthly: 10 });
    await ledger().reserve('a', 10);
    expect((await ledger().reserve('b', 5)).status).toBe('denied');
    await ledger().limit({ monthly: 15 });
    expect((await ledger().reserve('c', 5)).status).toBe('granted');
    expect((await ledger().reserve('d', 0.01)).status).toBe('denied');
  });

  test('soft mode grants what hard mode denies, and says why', async () => {
    await ledger().limit({ monthly: 1 }, { mode: 'soft' });
    expect(await ledger().reserve('a', 2)).toMatchObject({
      status: 'granted',
      decision: { isDegraded: true, softDenial: { code: 'monthly_cost' } },
    });
  });

  test('policy noBudget: allowed and unbudgeted, or denied with no_budget', async () => {
    expect(await ledger().reserve('a', 5)).toMatchObject({ status: 'granted', decision: { isUnbudgeted: true } });
    await ledger().policy({ noBudget: 'deny' });
    expect(await ledger().reserve('b', 5)).toMatchObject({ status: 'denied', denial: { code: 'no_budget', resetsAt: null } });
    expect(await ledger().start('a', 'one')).toMatchObject({ status: 'granted' });
    expect(await ledger().start('a', 'two')).toMatchObject({ status: 'granted' });
    expect(await ledger().settle('a')).toMatchObject({ chargedMicroUsd: usd(10), isUnconfirmed: true });
  });
});
