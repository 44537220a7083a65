import { onEveryStore, usd, cost, NOON, TTL } from './support';

/** Failures that users of other systems reported and that no other test is named after; docs/reliability.md lists them all. */
onEveryStore('what others got wrong', (ledger) => {
  const SCOPES = [{}, { teamId: 'red' }, { userId: 'ada' }, { agentId: 'bot' }];
  const call = () => ledger().call({ teamId: 'red', userId: 'ada', agentId: 'bot' });

  test.each(SCOPES)(
    'the boundary differs per scope: not here, on %j the limit itself is allowed and a micro-dollar more is not',
    async (scope) => {
      await ledger().limit({ monthly: 10 }, { scope });
      expect((await ledger().reserve('all of it', 10, { call: call() })).status).toBe('granted');
      await ledger().release('all of it');
      expect((await ledger().reserve('more', 10.000001, { call: call() })).status).toBe('denied');
    },
  );

  test('a user’s cap is ignored when a team pays: not here, both must pass', async () => {
    await ledger().limit({ monthly: 100 }, { budgetId: 'team', scope: { teamId: 'red' } });
    await ledger().limit({ monthly: 1 }, { budgetId: 'user', scope: { userId: 'ada' } });
    expect(await ledger().reserve('a', 2, { call: call() })).toMatchObject({
      status: 'denied',
      denial: { budgetId: 'user', level: 'user' },
    });
    expect(await ledger().month(NOON, 'team')).toEqual({ spent: 0, held: 0, executions: 0 });
  });

  test('usage stored under one key and read under another: what a hold took is what its commit gives back, in every budget', async () => {
    for (const [index, scope] of SCOPES.entries()) await ledger().limit({ monthly: 10 }, { budgetId: `b${String(index)}`, scope });
    await ledger().reserve('k', 5, { call: call() });
    await ledger().commit('k', cost(3));
    for (const index of SCOPES.keys())
      expect(await ledger().month(NOON, `b${String(index)}`)).toEqual({ spent: 3, held: 0, executions: 1 });
  });

  test('usage is capped at 10,000 rows: not here, 10,050 charges are all in the balance, and each is listed', async () => {
    await ledger().limit({ monthly: 20_000 });
    const charge = (n: number) =>
      ({ kind: 'charge', key: `row ${String(n)}`, at: NOON, call: ledger().call(), amountMicroUsd: usd(1), fingerprint: 'x' }) as const;
    for (let start = 0; start < 10_050; start += 1_005) {
      await ledger().store.applyBatch(
        ledger().organizationId,
        Array.from({ length: 1_005 }, (_, n) => charge(start + n)),
      );
    }
    expect(await ledger().month()).toEqual({ spent: 10_050, held: 0, executions: 10_050 });
    let [listed, after] = [0, 0];
    for (;;) {
      const page = await ledger().store.entries(ledger().organizationId, 'main', after, 1_000);
      if (page.length === 0) break;
      listed += page.length;
      after = page.at(-1)?.entryId ?? NaN;
    }
    expect(listed).toBe(10_050);
  }, 120_000);

  test('denials are not logged: here a denied key is kept, with all that denied it', async () => {
    await ledger().limit({ monthly: 1 });
    await ledger().reserve('denied', 2);
    const hold = await ledger().store.hold(ledger().organizationId, 'denied');
    expect(hold).toMatchObject({ state: 'denied', decision: { status: 'denied', denial: { code: 'monthly_cost', requested: usd(2) } } });
  });

  test('charged, then a later failure makes the client pay twice: the same key again is one charge, whatever failed in between', async () => {
    await ledger().limit({ monthly: 10 });
    await ledger().reserve('paid', 2);
    await ledger().commit('paid', cost(2));
    // The answer was lost, and the client begins again.
    expect((await ledger().reserve('paid', 2)).status).toBe('taken');
    await ledger().commit('paid', cost(2));
    expect(await ledger().month()).toEqual({ spent: 2, held: 0, executions: 1 });
  });

  test('alert state in memory: what was crossed is on the ledger, and crossed once for every process', async () => {
    await ledger().limit({ monthly: 10 }, { alerts: { webhookUrl: 'https://alerts.example/' } });
    const waiting = async () =>
      (await ledger().store.budgetsToAlert(NOON + TTL, null, 100)).filter(
        ({ organizationId }) => organizationId === ledger().organizationId,
      );
    await ledger().charge('a', 6);
    expect(await waiting()).toHaveLength(1);
    const [balance] = await ledger().store.balances(ledger().organizationId, 'main', NOON);
    expect(Object.keys(balance?.alerted.month ?? {})).not.toEqual([]);
  });
});
