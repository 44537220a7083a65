import { claim, claimAnswer, crossedIn, HOOK, sent } from './alert-support';
import { DAY, MINUTE, NOON, onEveryStore } from './support';

onEveryStore('claims', (ledger) => {
  beforeEach(async () => {
    await ledger().limit({ monthly: 100 }, { alerts: HOOK });
    await ledger().charge('a', 60);
  });

  /** Claims a message, and writes down how its first attempt ended. */
  const end = async (state: 'failed' | 'disabled' | 'sent') => {
    const alert = await claim(ledger());
    const [delivery] = alert?.deliveries ?? [];
    if (alert === null || delivery === undefined) throw new Error('Nothing to deliver');
    await ledger().store.putDelivery(
      ledger().organizationId,
      alert.alertId,
      { ...delivery, attempts: 1, state, note: 'no', updatedAt: NOON },
      NOON,
    );
    return alert;
  };

  test('a budget’s alerts are its claimer’s until the lease is over; claiming again after a lost answer takes the same message', async () => {
    const first = await claim(ledger());
    expect(await claim(ledger())).toEqual(first);
    expect(await claimAnswer(ledger(), { claimer: 'other' })).toMatchObject({ isTaken: true, alert: null });
    expect(await claim(ledger(), { claimer: 'other', at: NOON + 20 * MINUTE })).toEqual(first);
    expect(await claimAnswer(ledger(), { claimer: 'me', at: NOON + 21 * MINUTE })).toMatchObject({ isTaken: true, alert: null });
  });

  test('a lease covers what waits in its holder’s queue; it is prolonged, never shortened, and taken when it is over', async () => {
    const alert = await claim(ledger());
    const [delivery] = alert?.deliveries ?? [];
    if (alert === null || delivery === undefined) throw new Error('Nothing to deliver');
    const { store, organizationId } = ledger();
    const renew = (claimer: string, minute: number) => {
      const at = NOON + minute * MINUTE;
      return store.renewLease({ organizationId, budgetId: 'main', claimer, leaseUntil: at + 20 * MINUTE, at });
    };
    await store.putDelivery(organizationId, alert.alertId, delivery, NOON + 80 * MINUTE);
    expect([await renew('me', 5), await renew('other', 79)]).toEqual([true, false]);
    expect([await renew('other', 80), await renew('me', 81)]).toEqual([true, false]);
  });

  test('what happens in a cooldown is collected, by whomever, and told as a digest', async () => {
    await sent(ledger(), await claim(ledger(), { cooldownMs: 15 * MINUTE }));
    await ledger().charge('b', 20, { at: NOON + MINUTE });
    await ledger().charge('c', 11, { at: NOON + 2 * MINUTE });
    const early = await claimAnswer(ledger(), { at: NOON + 14 * MINUTE });
    expect(early).toEqual({ isTaken: false, alert: null, coolsUntil: NOON + 15 * MINUTE });
    const digest = await claim(ledger(), { at: NOON + 15 * MINUTE });
    expect(digest?.message).toMatchObject({ isDigest: true, crossings: [{ threshold: 0.75 }, { threshold: 0.9 }] });
    await ledger().charge('d', 9, { at: NOON + 16 * MINUTE });
    const single = await claim(ledger(), { at: NOON + 17 * MINUTE, inFlight: [digest?.alertId ?? 0] });
    expect(single?.message).toMatchObject({ isDigest: false, crossings: [{ threshold: 1 }] });
  });

  test('what comes while a message is under way is the next one', async () => {
    const first = await claim(ledger());
    await ledger().charge('b', 20);
    const second = await claim(ledger(), { inFlight: [first?.alertId ?? 0] });
    expect(crossedIn(second)).toEqual(['month cost 0.75']);
    expect(second?.message.id).not.toBe(first?.message.id);
  });

  test('a budget waits to be alerted until somebody collects, and again when that sender is gone', async () => {
    const waits = async (minute: number) => {
      const page = await ledger().store.budgetsToAlert(NOON + minute * MINUTE, null, 10_000);
      return page.some(({ organizationId }) => organizationId === ledger().organizationId);
    };
    expect(await waits(0)).toBe(true);
    const alert = await claim(ledger(), { cooldownMs: 30 * MINUTE });
    expect([await waits(0), await waits(49), await waits(50)]).toEqual([false, false, true]);
    await sent(ledger(), alert);
    expect(await waits(60)).toBe(false);
    await ledger().charge('b', 20);
    expect([await waits(29), await waits(30)]).toEqual([false, true]);
  });

  test('budgets that wait come in pages', async () => {
    const { store, organizationId } = ledger();
    const [first] = await store.budgetsToAlert(NOON, { organizationId, budgetId: '' }, 1);
    expect(first).toEqual({ organizationId, budgetId: 'main' });
    expect(await store.budgetsToAlert(NOON, first ?? null, 10_000)).not.toContainEqual(first);
  });

  test('listeners hear of every budget that has something new to tell, and not of what is counted on a row that waits', async () => {
    const heard: string[] = [];
    const stop = ledger().store.onNews((organizationId, budgetIds) => {
      if (organizationId === ledger().organizationId) heard.push(...budgetIds);
    });
    await ledger().charge('b', 1);
    expect(heard).toEqual([]);
    await ledger().charge('c', 20);
    expect(heard).toEqual(['main']);
    await ledger().reserve('d', 50);
    await ledger().reserve('e', 50);
    expect(heard).toEqual(['main', 'main']);
    stop();
    await ledger().charge('f', 25);
    expect(heard).toEqual(['main', 'main']);
  });

  test('an address that was disabled stays silent until there is another one', async () => {
    await end('disabled');
    await ledger().charge('b', 20);
    expect((await claim(ledger()))?.deliveries).toMatchObject([{ channel: 'webhook', state: 'disabled' }]);
  });

  describe('a delivery that is over', () => {
    const reopen = (alertId: number, budgetId = 'main') => {
      const { store, organizationId } = ledger();
      const at = NOON + MINUTE;
      const claimed = { claimer: 'me', leaseUntil: at + 20 * MINUTE, giveUpAt: at + DAY, at };
      return store.reopenDelivery({ organizationId, budgetId, alertId, channel: 'webhook', ...claimed });
    };

    test.each(['failed' as const, 'disabled' as const])('and %s can be opened again, once, by its budget', async (state) => {
      const { alertId } = await end(state);
      expect(await reopen(alertId, 'other')).toBeNull();
      expect(await reopen(alertId)).toMatchObject({
        alertId,
        giveUpAt: NOON + MINUTE + DAY,
        deliveries: [{ state: 'pending', note: null }],
      });
      expect(await reopen(alertId)).toBeNull();
      expect(await claim(ledger(), { at: NOON + 2 * MINUTE })).toMatchObject({ alertId });
    });

    test('is not opened again by an attempt that ends late; that one sent stays true', async () => {
      const { alertId, deliveries } = await end('failed');
      await reopen(alertId);
      const [first] = deliveries;
      if (first === undefined) throw new Error('Nothing to deliver');
      const put = (attempts: number, state: 'pending' | 'sent') =>
        ledger().store.putDelivery(ledger().organizationId, alertId, { ...first, attempts, state, updatedAt: NOON }, NOON);
      const now = async () => {
        const [delivery] = (await ledger().store.alert(ledger().organizationId, alertId))?.deliveries ?? [];
        return [delivery?.state, delivery?.attempts];
      };
      await put(3, 'pending');
      expect(await now()).toEqual(['pending', 1]);
      await put(2, 'pending');
      await put(1, 'sent');
      expect(await now()).toEqual(['sent', 2]);
      await put(3, 'pending');
      expect(await now()).toEqual(['sent', 2]);
    });

    test('belongs to whoever sends', async () => {
      const { alertId } = await end('failed');
      const at = NOON + MINUTE;
      const other = { claimer: 'other', leaseUntil: at + 20 * MINUTE, giveUpAt: at + DAY, at };
      const { store, organizationId } = ledger();
      expect(await store.reopenDelivery({ organizationId, budgetId: 'main', alertId, channel: 'webhook', ...other })).toBe('taken');
    });

    test('and was disabled is heard of again once a test was delivered there', async () => {
      const { deliveries } = await end('disabled');
      const [delivery] = deliveries;
      if (delivery === undefined) throw new Error('Nothing to deliver');
      await ledger().store.enableAddress({ organizationId: ledger().organizationId, budgetId: 'main' }, delivery);
      await ledger().charge('b', 20);
      expect((await claim(ledger(), { at: NOON + 2 * MINUTE }))?.deliveries).toMatchObject([{ state: 'pending' }]);
    });

    test('and was sent stays so; of another message there is nothing to open', async () => {
      const { alertId } = await end('sent');
      expect([await reopen(alertId), await reopen(alertId + 1_000_000)]).toEqual([null, null]);
    });

    test('and was disabled is heard of again once it was opened', async () => {
      const { alertId } = await end('disabled');
      await reopen(alertId);
      await ledger().charge('b', 20);
      const next = await claim(ledger(), { at: NOON + 2 * MINUTE, inFlight: [alertId] });
      expect(next?.deliveries).toMatchObject([{ state: 'pending' }]);
    });
  });

  test('messages are listed, the newest first, with how each fared', async () => {
    await sent(ledger(), await claim(ledger()));
    await ledger().charge('b', 20);
    await sent(ledger(), await claim(ledger()));
    const { store, organizationId } = ledger();
    const alerts = await store.alerts(organizationId, 'main', 10);
    expect(alerts.map((alert) => [crossedIn(alert), alert.deliveries.map(({ channel, state }) => `${channel} ${state}`)])).toEqual([
      [['month cost 0.75'], ['webhook sent']],
      [['month cost 0.5'], ['webhook sent']],
    ]);
    expect(await store.alert(organizationId, alerts[0]?.alertId ?? 0)).toEqual(alerts[0]);
  });

  test('of a budget that was removed nobody is told', async () => {
    await ledger().store.removeBudget(ledger().organizationId, 'main', NOON);
    expect(await claim(ledger())).toBeNull();
    expect((await ledger().store.budgetsToAlert(NOON + DAY, null, 10_000)).map(({ organizationId }) => organizationId)).not.toContain(
      ledger().organizationId,
    );
  });
});
