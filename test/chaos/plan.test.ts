import { planOf } from '../../chaos/plan';

function first<Item>(items: Generator<Item>, count: number): Item[] {
  return Array.from({ length: count }, () => items.next().value as Item);
}

test('a seed is a run: the same calls, faults and limits again, and others by another seed', () => {
  const planned = (seed: number) => {
    const { calls, faults, limitChanges } = planOf(seed, 500, 10);
    return { calls, faults: first(faults(), 50), limits: first(limitChanges(), 50) };
  };
  expect(planned(7)).toEqual(planned(7));
  expect(planned(7).faults).not.toEqual(planned(8).faults);
  expect(planned(7).calls.map(({ team }) => team)).not.toEqual(planned(8).calls.map(({ team }) => team));
});

test('a run of some size has every way of calling, every behaviour, every end and every fault in it', () => {
  const { calls, faults } = planOf(1, 1_000, 10);
  const used = (of: (call: (typeof calls)[number]) => string | null) => [...new Set(calls.map(of))].filter((name) => name !== null).sort();
  expect(used(({ way }) => way)).toEqual(['client', 'direct', 'http']);
  expect(used((call) => (call.way === 'direct' ? call.use : null))).toEqual(['abandon', 'charge', 'commit', 'release']);
  expect(used((call) => (call.way === 'direct' ? null : call.behaviour))).toEqual([
    'fail',
    'hang',
    'lie',
    'quick',
    'refuse',
    'slow',
    'spendThenFail',
    'stream',
  ]);
  expect(used((call) => (call.way === 'direct' ? null : (call.interference?.kind ?? null)))).toEqual(['cancel', 'terminate']);
  expect(calls.some(({ isDoubled }) => isDoubled)).toBe(true);
  const all = new Set(first(faults(), 300).map(({ kind, target }) => `${kind} ${target}`));
  expect(all.size).toBe(12);
});
