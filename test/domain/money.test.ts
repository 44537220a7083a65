import fc from 'fast-check';
import { add, clampToZero, formatUsd, fromUsd, microUsd, minOf, subtract, toUsd, ZERO } from '../../src/domain/money';

const invalidAmount = expect.objectContaining({ code: 'InvalidAmount' }) as Error;
const MAX = Number.MAX_SAFE_INTEGER;

describe('USD to micro-USD, half up at the sixth decimal', () => {
  test.each([
    ['vector 57: 1.50 USD', 1.5, 1_500_000],
    ['zero', 0, 0],
    ['minus zero', -0, 0],
    ['half a micro-dollar, as it is written, rounds up', 1.0000005, 1_000_001],
    ['just under half rounds down', 1.00000049, 1_000_000],
    ['just under half by the last of 17 digits rounds down', 0.0000024999999999999998, 2],
    ['and so does a large amount', 3_999_988_712.4929404, 3_999_988_712_492_940],
    ['half of the smallest', 5e-7, 1],
    ['a positive cost never becomes 0', 1e-9, 1],
    ['nor does the smallest number', Number.MIN_VALUE, 1],
    ['1.5 of the smallest', 1.5e-6, 2],
    ['a binary neighbour below: 1.005', 1.005, 1_005_000],
    ['a large whole number', 9_007_199_254, 9_007_199_254_000_000],
    ['0.1 + 0.2 in binary', 0.1 + 0.2, 300_000],
  ])('%s', (_name, amount, micro) => {
    expect(Object.is(fromUsd(amount), micro)).toBe(true);
  });

  test.each([NaN, Infinity, -Infinity, -5, -1e-9, 9_007_199_255, 1e21, Number.MAX_VALUE])('%p is refused', (amount) => {
    expect(() => fromUsd(amount)).toThrow(invalidAmount);
  });
});

test('vector 57: 0.1 + 0.2 is exactly 0.3', () => {
  expect(add(fromUsd(0.1), fromUsd(0.2))).toBe(fromUsd(0.3));
  expect(toUsd(add(fromUsd(0.1), fromUsd(0.2)))).toBe(0.3);
});

describe('sums stay safe integers', () => {
  test.each<[string, () => number]>([
    ['a fraction', () => microUsd(0.5)],
    ['NaN', () => microUsd(NaN)],
    ['2^53', () => microUsd(2 ** 53)],
    ['a sum past 2^53', () => add(microUsd(MAX), microUsd(1))],
    ['a sum past 2^53 on the way', () => add(microUsd(MAX), microUsd(1), microUsd(-1))],
    ['a difference past -2^53', () => subtract(microUsd(-MAX), microUsd(1))],
  ])('%s is refused', (_name, make) => {
    expect(make).toThrow(invalidAmount);
  });

  test('up to 2^53 - 1, and never minus zero', () => {
    expect(add(microUsd(MAX - 1), microUsd(1))).toBe(MAX);
    expect(add()).toBe(0);
    expect(Object.is(microUsd(-0), 0)).toBe(true);
    expect(Object.is(clampToZero(microUsd(-1)), 0)).toBe(true);
    expect(Object.is(subtract(ZERO, ZERO), 0)).toBe(true);
    expect([minOf(microUsd(1), microUsd(2)), minOf(microUsd(2), microUsd(-1))]).toEqual([1, -1]);
  });
});

test.each([
  [0, '$0.00'],
  [-0, '$0.00'],
  [1, '$0.000001'],
  [10, '$0.00001'],
  [100_000, '$0.10'],
  [123_400, '$0.1234'],
  [1_500_000, '$1.50'],
  [10_000_000, '$10.00'],
  [1_234_567_891, '$1234.567891'],
  [-5_000_000, '-$5.00'],
  [-1, '-$0.000001'],
  [MAX, '$9007199254.740991'],
])('%p micro-USD reads %s', (amount, text) => {
  expect(formatUsd(microUsd(amount))).toBe(text);
});

describe('properties', () => {
  // Above 2^33 USD neighbouring micro-dollars share one JSON number.
  const amount = fc.integer({ min: 0, max: 2 ** 33 * 1_000_000 });
  const anyAmount = fc.maxSafeInteger();

  test('micro-USD survive the way through USD', () => {
    fc.assert(
      fc.property(amount, (micro) => {
        expect(fromUsd(toUsd(microUsd(micro)))).toBe(micro);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is formatted reads back exactly, with 2 to 6 decimals', () => {
    fc.assert(
      fc.property(anyAmount, (micro) => {
        const text = formatUsd(microUsd(micro));
        const [, sign = '', whole = '', decimals = ''] = /^(-?)\$(\d+)\.(\d{2,6})$/.exec(text) ?? [];
        expect(BigInt(`${sign}${whole}${decimals.padEnd(6, '0')}`)).toBe(BigInt(micro));
      }),
    );
  });

  test('converting is monotonic', () => {
    const dollars = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(dollars, dollars, (a, b) => {
        expect(fromUsd(Math.min(a, b))).toBeLessThanOrEqual(fromUsd(Math.max(a, b)));
      }),
    );
  });

  test('adding and taking away is exact', () => {
    const half = fc.integer({ min: -(2 ** 51), max: 2 ** 51 }).map(microUsd);
    fc.assert(
      fc.property(half, half, (a, b) => {
        expect(subtract(add(a, b), b)).toBe(a);
      }),
    );
  });
});
