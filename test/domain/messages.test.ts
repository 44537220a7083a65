import fc from 'fast-check';
import { budgetWarning, costExceeded, degradedWarning, executionsExceeded } from '../../src/domain/messages';
import { microUsd } from '../../src/domain/money';
import { usd } from './support';

test.each([
  [costExceeded('monthly', usd(5), usd(10)), 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00'],
  [costExceeded('daily', usd(2), usd(5)), 'Daily budget exceeded. Remaining: $2.00, Requested: $5.00'],
  [costExceeded('daily', microUsd(-1), usd(0.000001)), 'Daily budget exceeded. Remaining: $0.00, Requested: $0.000001'],
  [executionsExceeded('monthly', 100), 'Monthly execution limit exceeded. Limit: 100'],
  [executionsExceeded('daily', 100), 'Daily execution limit exceeded. Limit: 100'],
  [budgetWarning('monthly', 0.78), 'Budget warning: 78% of monthly budget used'],
  [budgetWarning('daily', 0.789999), 'Budget warning: 78% of daily budget used'],
  [degradedWarning(0.92), 'Budget at 92% - degraded mode active'],
  [degradedWarning(0.999999999), 'Budget at 99% - degraded mode active'],
  [degradedWarning(2.5), 'Budget at 250% - degraded mode active'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});

test('a percent is the exact quotient rounded down', () => {
  // Up to 100 million USD: beyond, the share itself no longer tells neighbours apart.
  const amount = fc.integer({ min: 1, max: 1e14 });
  fc.assert(
    fc.property(amount, amount, (used, limit) => {
      const exact = (BigInt(used) * 100n) / BigInt(limit);
      fc.pre(exact < 1_000_000n);
      expect(degradedWarning(used / limit)).toBe(`Budget at ${String(exact)}% - degraded mode active`);
    }),
  );
});

test.each(Array.from({ length: 101 }, (_, percent) => percent))('%i hundredths are as many percent', (percent) => {
  expect(degradedWarning(percent / 100)).toBe(`Budget at ${String(percent)}% - degraded mode active`);
});
