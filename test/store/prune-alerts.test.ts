import { claim, crossedIn, HOOK, sent, told } from './alert-support';
import { DAY, NOON, onEveryStore, type Ledger } from './support';

const LATER = NOON + 200 * DAY;
const BEFORE = LATER - 100 * DAY;

const pruned = (ledger: Ledger, before = BEFORE, most = 100) => ledger.store.pruneAlerts(ledger.organizationId, before, most);
const listed = async (ledger: Ledger) => (await ledger.store.alerts(ledger.organizationId, 'main', 10)).length;

onEveryStore('old alerts are deleted', (ledger) => {
  beforeEach(async () => {
    await ledger().limit({ monthly: 10 }, { alerts: HOOK });
    await ledger().charge('a', 6);
  });

  test('a message that was sent, of a month that is closed; and what it told is not told again', async () => {
    expect(await told(ledger())).toEqual(['month cost 0.5']);
    await ledger().close(LATER);
    expect(await told(ledger(), LATER)).toEqual([]); // of the reset
    expect(await pruned(ledger())).toBe(1);
    expect(await listed(ledger())).toBe(1);
    // A lower charge, and a higher one that reaches the next threshold only, both of the old month.
    await ledger().charge('b', 1, { at: NOON });
    expect(crossedIn(await claim(ledger(), { at: LATER }))).toBeNull();
    await ledger().charge('c', 0.5, { at: NOON });
    expect(await told(ledger(), LATER)).toEqual(['month cost 0.75']);
  });

  test('none that a channel may still be sent', async () => {
    await claim(ledger());
    await ledger().close(LATER);
    expect(await pruned(ledger())).toBe(0);
    expect(await listed(ledger())).toBe(1);
  });

  test('none of a month that is not closed', async () => {
    await told(ledger());
    expect(await pruned(ledger())).toBe(0);
    await ledger().close(LATER);
    expect(await pruned(ledger())).toBe(1);
  });

  test('none that is younger, and of the older ones a page', async () => {
    for (let n = 0; n < 3; n += 1) {
      await sent(ledger(), await claim(ledger(), { at: NOON + n }), NOON + n);
      await ledger().charge(`more-${String(n)}`, 2);
    }
    await ledger().close(LATER);
    expect(await pruned(ledger(), NOON)).toBe(0);
    expect(await pruned(ledger(), BEFORE, 2)).toBe(2);
    expect(await pruned(ledger(), BEFORE, 2)).toBe(1);
  });

  test('of no other organization', async () => {
    await told(ledger());
    await ledger().close(LATER);
    expect(await ledger().store.pruneAlerts('another', BEFORE, 100)).toBe(0);
    expect(await listed(ledger())).toBe(1);
  });
});
