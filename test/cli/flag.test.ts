import { countLimit, instant, oneOf, required, share, span, text, texts, usd, usdLimit, type Flag } from '../../src/cli/args/flag';
import { UsageError } from '../../src/cli/args/usage-error';

const read = <Value>(flag: Flag<Value>, ...given: string[]): Value => flag.read(given, 'it');

test.each([
  ['2.5', 2_500_000],
  ['$2.50', 2_500_000],
  ['.5', 500_000],
  ['0', 0],
  ['0.0000005', 1],
  ['100', 100_000_000],
])('%s USD are %d micro-USD', (value, amount) => {
  expect(read(usd('an amount'), value)).toBe(amount);
});

test.each(['', 'x', '1e3', '-1', 'NaN', 'Infinity', '1,5', '1_000', '0x10', ' 1'])('%j is no amount of USD', (value) => {
  expect(() => read(usd('an amount'), value)).toThrow(UsageError);
});

test('none is a limit of its own, and left out is another', () => {
  expect([read(usdLimit(''), 'none'), read(usdLimit('')), read(usdLimit(''), '0')]).toEqual([null, undefined, 0]);
  expect([read(countLimit(''), 'none'), read(countLimit('')), read(countLimit(''), '7')]).toEqual([null, undefined, 7]);
  expect(() => read(countLimit(''), '1.5')).toThrow(UsageError);
});

test.each([
  ['0', 0],
  ['90s', 90_000],
  ['15m', 900_000],
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
])('%s is a span of %d ms', (value, ms) => {
  expect(read(span('a span'), value)).toBe(ms);
});

test.each(['', '5', '1w', '-1h', '1.5h', 'h'])('%j is no span', (value) => {
  expect(() => read(span('a span'), value)).toThrow(UsageError);
});

test.each([
  ['2027-01-31T00:00Z', Date.UTC(2027, 0, 31)],
  ['2027-01-31T01:00:00.500+01:00', Date.UTC(2027, 0, 31, 0, 0, 0, 500)],
  ['2028-02-29T23:59-05:30', Date.UTC(2028, 2, 1, 5, 29)],
])('%s is an instant', (value, at) => {
  expect(read(instant('a time'), value)).toBe(at);
});

test('a span is an instant from now on', () => {
  const at = read(instant('a time'), '12h') ?? NaN;
  expect(Math.abs(at - Date.now() - 43_200_000)).toBeLessThan(1_000);
});

test.each([
  ...['2027-01-31', '2027-01-31T00:00', '2027-13-01T00:00Z', '31.1.2027', 'tomorrow', ''],
  ...[
    '2027-02-31T00:00Z',
    '2027-02-29T00:00Z',
    '2027-04-31T00:00:00.5+01:00',
    '2027-01-00T00:00Z',
    '2027-01-31T24:00Z',
    '2027-01-31T00:60Z',
  ],
])('%j is no instant', (value) => {
  expect(() => read(instant('a time'), value)).toThrow(UsageError);
});

test.each(['0', '-0.5', 'x', ''])('%j is no share', (value) => {
  expect(() => read(share('a share'), value)).toThrow(UsageError);
});

test('the rest: one of some, several, and what must not be left out', () => {
  expect(read(share(''), '0.75')).toBe(0.75);
  expect(read(oneOf(['a', 'b'], ''), 'b')).toBe('b');
  expect(() => read(oneOf(['a', 'b'], ''), 'c')).toThrow('--it must be one of a, b, not "c".');
  expect(read(texts('X', ''), '1', '2')).toEqual(['1', '2']);
  expect(() => read(required(text('ORG', '')))).toThrow('--it ORG is missing.');
});
