import { forecast, isFirstHalf } from '../../src/domain/forecast';
import { microUsd } from '../../src/domain/money';

const start = Date.UTC(2026, 3, 1);
const end = Date.UTC(2026, 4, 1);
const on = (day: number, hour = 0, ms = 0) => Date.UTC(2026, 3, day, hour, 0, 0, ms);

test.each<[string, number, number, number | null]>([
  ['the first day is too early to tell', 100, on(1, 23), null],
  ['also its last millisecond', 100, on(2, 0, -1), null],
  ['the second day tells', 100, on(2), 3000],
  ['a third of the period', 100, on(11), 300],
  ['half of it', 100, on(16), 200],
  ['nothing spent', 0, on(16), 0],
  ['rounded down', 1, on(21), 1],
  ['the last millisecond', 1_000_000, end - 1, 1_000_000],
  ['at the end, what was spent', 100, end, 100],
  ['and after it', 100, end + 1, 100],
  ['exact where the product is past 2^53', 2 ** 51, on(16), 2 ** 52],
  ['no more than money can be', Number.MAX_SAFE_INTEGER, on(2), Number.MAX_SAFE_INTEGER],
])('the forecast: %s', (_name, spent, at, expected) => {
  expect(forecast(microUsd(spent), { start, end }, at)).toBe(expected);
});

test.each<[string, number, boolean]>([
  ['the start', start, true],
  ['just before the middle', on(16) - 1, true],
  ['the middle', on(16), false],
  ['after the end', end, false],
  ['before the start, by a clock that is behind', start - 1, true],
])('the first half: %s', (_name, at, expected) => {
  expect(isFirstHalf({ start, end }, at)).toBe(expected);
});
