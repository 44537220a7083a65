import { retryAfterMs } from '../../src/outbound/retry-after';

const NOW = Date.UTC(2026, 0, 1);
const LONGEST_MS = 600_000;

it.each([
  ['7', 7_000],
  ['0', 0],
  ['0.5', 500],
  ['86400', 600_000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2026 09:00:00 GMT', 600_000],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['', null],
])('Retry-After: %p asks for %p ms', (value, expected) => {
  expect(retryAfterMs(new Headers({ 'retry-after': value }), NOW, LONGEST_MS)).toBe(expected);
});

it('no header asks for nothing', () => {
  expect(retryAfterMs(new Headers(), NOW, LONGEST_MS)).toBeNull();
});
