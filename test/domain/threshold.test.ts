import { ALERT_DEFAULTS, assertAlertConfig } from '../../src/domain/alert-config';
import { crossedThresholds } from '../../src/domain/threshold';

const { thresholds } = ALERT_DEFAULTS;

test.each<[string, number, number, number[]]>([
  ['vector 60: .40', 0, 0.4, []],
  ['vector 60: .60', 0, 0.6, [0.5]],
  ['vector 60: .80', 0, 0.8, [0.5, 0.75]],
  ['vector 60: .85', 0, 0.85, [0.5, 0.75]],
  ['vector 61: 1.0', 0, 1, [0.5, 0.75, 0.9, 1]],
  ['vector 62: from .40 to .95', 0.4, 0.95, [0.5, 0.75, 0.9]],
  ['exactly .50', 0.4999, 0.5, [0.5]],
  ['just below .50', 0, 0.49999999, []],
  ['from exactly .50', 0.5, 0.6, []],
  ['far above', 0.95, 7, [1]],
])('%s', (_name, above, usage, crossed) => {
  expect(crossedThresholds(thresholds, usage, above)).toEqual(crossed);
});

test.each<[string, object]>([
  ['vector 65: 1.0', { thresholds: [1] }],
  ['none', { thresholds: [] }],
  ['above the limit', { thresholds: [1, 1.5, 10] }],
  ['no cooldown', { cooldownMinutes: 0 }],
])('accepted: %s', (_name, change) => {
  expect(() => {
    assertAlertConfig({ ...ALERT_DEFAULTS, ...change });
  }).not.toThrow();
});

test.each<[string, object]>([
  ...[0, -0.5, NaN, Infinity, 10.1].map((threshold): [string, object] => [
    `vector 65: threshold ${String(threshold)}`,
    { thresholds: [threshold] },
  ]),
  ['thresholds out of order', { thresholds: [0.9, 0.5] }],
  ['a threshold twice', { thresholds: [0.5, 0.5] }],
  ['21 thresholds', { thresholds: Array.from({ length: 21 }, (_, n) => (n + 1) / 21) }],
  ['a cooldown of -1', { cooldownMinutes: -1 }],
  ['a cooldown of NaN', { cooldownMinutes: NaN }],
  ['a cooldown of two months', { cooldownMinutes: 60 * 24 * 62 }],
  ['51 recipients', { emailRecipients: Array.from({ length: 51 }, (_, n) => `p${String(n)}@example.com`) }],
])('refused: %s', (_name, change) => {
  expect(() => {
    assertAlertConfig({ ...ALERT_DEFAULTS, ...change });
  }).toThrow(expect.objectContaining({ code: 'InvalidRequest' }) as Error);
});

test('absolute and relative thresholds mixed: shares alone are taken, and a percentage is refused', () => {
  expect(() => {
    assertAlertConfig({ ...ALERT_DEFAULTS, thresholds: [0.5, 75] });
  }).toThrow('ascending shares');
});
