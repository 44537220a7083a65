import fc from 'fast-check';
import type { Step } from './steps';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const key = fc.constantFrom('a', 'b', 'c', 'd');
const attempt = fc.constantFrom('1', '2', '3');
const amount = fc.integer({ min: 0, max: 12 });
// Few, so that the same is often said twice.
const cost = fc.constantFrom(7, 7, 7, null, 0, 3, 12);
const is = <Name extends Step['is']>(name: Name) => fc.constant(name);

export const pass = fc.record({
  is: is('pass'),
  ms: fc.constantFrom(MINUTE, 11 * MINUTE, 9 * HOUR, 26 * HOUR, 13 * 24 * HOUR, 40 * 24 * HOUR),
});
export const put = fc.record({
  is: is('put'),
  budget: fc.constantFrom('main' as const, 'main' as const, 'team' as const),
  limit: fc.integer({ min: 0, max: 60 }),
  daily: fc.option(fc.integer({ min: 0, max: 30 })),
  isHard: fc.constantFrom(true, true, true, false),
  carryPercent: fc.constantFrom(0, 10, 25),
});
const ttlMs = fc.constantFrom(10 * MINUTE, 3 * HOUR, 30 * 24 * HOUR);

/** What may happen at one instant, in whatever order. */
export const call: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: is('reserve'),
      key,
      amount: fc.constantFrom(7, 7, 3, 16, 20),
      team: fc.constantFrom('t' as const, null),
      startsWork: fc.boolean(),
      ttlMs,
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: is('start'), key, attempt, ofRun: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ is: is('finish'), key, attempt, cost }) },
  { weight: 4, arbitrary: fc.record({ is: is('commit'), key, cost }) },
  { weight: 1, arbitrary: fc.record({ is: is('settle'), key, noTryBefore: fc.constantFrom(0, 2, 4) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constantFrom('release' as const, 'extend' as const), key }) },
  { weight: 1, arbitrary: fc.record({ is: is('charge'), key: fc.constantFrom('d', 'e'), amount }) },
  { weight: 1, arbitrary: fc.record({ is: is('expire') }) },
);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: call },
  { weight: 6, arbitrary: pass },
  { weight: 2, arbitrary: put },
  { weight: 2, arbitrary: fc.record({ is: is('close'), budget: fc.constantFrom('main' as const, 'team' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: is('prune') }) },
);
