import type { Charge, EntryNote } from '../../src/domain/ledger';
import { perform } from '../../src/store/budget-store';
import { entries } from '../../src/store/reports';
import { cost, NOON, onEveryStore, TTL, usd } from './support';

const note = (metadata: unknown, executionSuccess: unknown = true) => ({ executionSuccess, metadata }) as EntryNote;
const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)]);

onEveryStore('what is noted with a charge', (ledger) => {
  const chargeOf = (key: string, noted: EntryNote, more: Partial<Charge> = {}): Charge => ({
    kind: 'charge',
    key,
    at: NOON,
    call: ledger().call({ teamId: 'red' }),
    amountMicroUsd: usd(3),
    fingerprint: key,
    note: noted,
    ...more,
  });
  const charge = (key: string, noted: EntryNote) => perform<'charge'>(ledger().store, ledger().organizationId, chargeOf(key, noted));
  const written = (budgetId?: string) => entries(ledger().store, ledger().organizationId, budgetId === undefined ? {} : { budgetId });

  test('is on an entry of every budget that the charge counts in', async () => {
    await ledger().limit({ monthly: 100 }, { budgetId: 'org' });
    await ledger().limit({ monthly: 100 }, { budgetId: 'team', scope: { teamId: 'red' } });
    const metadata = { duration_ms: 1_500, model: 'gpt-4', tags: ['a', null, { deep: -0.5 }], 'ключ 🔑': '' };
    await charge('a', note(metadata, false));
    const noted = { key: 'a', kind: 'charge', spentUsd: 3, executionSuccess: false, metadata };
    expect(await written()).toMatchObject([
      { ...noted, budgetId: 'org', at: '2026-03-10T12:00:00.000Z', periodStart: '2026-03-01T00:00:00.000Z' },
      { ...noted, budgetId: 'team', dayStart: '2026-03-10T00:00:00.000Z' },
    ]);
    expect(await written('team')).toHaveLength(1);
  });

  test('is kept where no budget limits the money', async () => {
    await charge('a', note({ why: 'unbudgeted' }));
    expect(await written()).toMatchObject([{ budgetId: null, periodStart: null, spentUsd: 3, metadata: { why: 'unbudgeted' } }]);
  });

  test('is what it was when it was told: its caller changes a copy', async () => {
    const metadata = { step: 1 };
    await charge('a', note(metadata));
    metadata.step = 2;
    expect(await written()).toMatchObject([{ metadata: { step: 1 } }]);
  });

  test('comes with a commit too, and with the correction of an assumed charge', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('a', 10, { startsWork: true });
    await ledger().expire(NOON + TTL);
    await ledger().commit('a', { ...cost(4), note: note({ late: true }) }, NOON + TTL);
    await ledger().reserve('b', 10);
    await ledger().commit('b', { ...cost(5), note: note(null, true) });
    expect((await written()).map(({ key, kind, executionSuccess, metadata }) => [key, kind, executionSuccess, metadata])).toEqual([
      ['a', 'charge', null, null],
      ['a', 'expire', null, null],
      ['a', 'correction', true, { late: true }],
      ['b', 'charge', true, null],
      ['b', 'commit', null, null],
    ]);
  });

  test('pages: after an entry, at most so many; a page that is none is refused', async () => {
    for (const key of ['a', 'b', 'c']) await charge(key, note({ key }));
    const [first, second] = await entries(ledger().store, ledger().organizationId, { most: 2 });
    expect([first?.key, second?.key]).toEqual(['a', 'b']);
    expect(await entries(ledger().store, ledger().organizationId, { after: second?.entryId ?? 0 })).toMatchObject([{ key: 'c' }]);
    for (const page of [{ most: 0 }, { most: 1_001 }, { most: 1.5 }, { after: -1 }, { after: NaN }]) {
      await expect(entries(ledger().store, ledger().organizationId, page)).rejects.toMatchObject({ code: 'InvalidRequest' });
    }
  });

  test('may be as long as this: 4,096 bytes, 20 levels', async () => {
    await charge('long', note({ text: 'x'.repeat(4_096 - '{"text":""}'.length) }));
    await charge('deep', note({ deep: nested(18) }));
    expect(await written()).toHaveLength(2);
  });

  test.each<[string, EntryNote]>([
    ['4,097 bytes', note({ text: 'x'.repeat(4_097 - '{"text":""}'.length) })],
    ['bytes, not characters', note({ text: '€'.repeat(1_500) })],
    ['21 levels', note({ deep: nested(19) })],
    ['a circle', note(circle())],
    ['NaN', note({ a: NaN })],
    ['Infinity', note({ a: { b: [Infinity] } })],
    ['a bigint', note({ a: 1n })],
    ['undefined', note({ a: undefined })],
    ['a function', note({ a: () => 1 })],
    ['a date', note({ a: new Date(0) })],
    ['a map', note({ a: new Map() })],
    ['something that writes itself', note({ a: { toJSON: () => 'x'.repeat(5_000) } })],
    ['NUL', note({ a: 'b\u0000' })],
    ['NUL in a name', note({ 'a\u0000': 1 })],
    ['half a character', note({ a: '\ud800' })],
    ['a list', note([1])],
    ['a text', note('a')],
    ['no metadata', note(undefined)],
    ['success that is no boolean', note(null, 'yes')],
  ])('%s is refused by name, alone in its batch, and nothing has changed', async (_name, bad) => {
    await ledger().limit({ monthly: 100 });
    const before = await ledger().balances();
    const outcomes = await ledger().store.applyBatch(ledger().organizationId, [
      chargeOf('bad', bad),
      ledger().reserveOf('a', 1),
      { kind: 'commit', key: 'a', at: NOON, outcome: { ...cost(1), note: bad } },
      { kind: 'release', key: 'a', at: NOON, onBehalfOf: null },
    ]);
    const refused = { ok: false, error: { code: 'InvalidRequest' } };
    expect(outcomes).toMatchObject([refused, { ok: true }, refused, { ok: true }]);
    expect(await ledger().balances()).toEqual(before.map((row) => ({ ...row, peakMicroUsd: usd(1) })));
  });
});

function circle(): object {
  const self: { self?: unknown } = {};
  self.self = self;
  return self;
}
