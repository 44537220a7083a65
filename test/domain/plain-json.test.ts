import { MOST_JSON_LEVELS, oddityIn } from '../../src/domain/plain-json';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test.each([
  ['a text', 'x'],
  ['null', null],
  ['what is as deep as may be', nested(MOST_JSON_LEVELS)],
  ['names that only look odd', { constructor: 1, toString: 2, prototype: 3, ['']: 4 }],
  ['the same object twice', [MOST_JSON_LEVELS, MOST_JSON_LEVELS].map(() => ({ a: 1 }))],
])('%s can be kept', (_what, value) => {
  expect(oddityIn(value)).toBeNull();
});

test.each([
  ['a level too many', { a: { b: nested(MOST_JSON_LEVELS - 1) } }, /^a\.b(\.0){98}$/],
  ['half a million levels', nested(500_000), /^0(\.0){99}$/],
  ['what has itself inside', circular(), /^self(\.self){99}$/],
  ['a field that copies lose', JSON.parse('{"a":[0,{"__proto__":1}]}'), /^a\.1\.__proto__$/],
])('%s is found, and where it is', (_what, value: unknown, path) => {
  expect(oddityIn(value)).toMatchObject({ path: expect.stringMatching(path) as string });
});

function circular(): object {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}
