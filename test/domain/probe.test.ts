import { estimateCost } from '../../src/domain/estimate';
import { budgetWarning, degradedWarning } from '../../src/domain/messages';
import { assertTimeZone, monthContaining, dayContaining } from '../../src/domain/period';
import { fromUsd, toUsd, microUsd } from '../../src/domain/money';
const t = (f: () => unknown) => { try { return f(); } catch (e) { return String(e); } };
test('p', () => {
  const out: unknown[] = [];
  out.push(t(() => estimateCost({ platform: 'constructor', complexity: 'simple' })), t(() => estimateCost({ platform: 'x', model: 'toString', inputTokens: 1, complexity: 'simple' })));
  out.push(degradedWarning(999_999_999 / 1e9), budgetWarning('monthly', 0.29));
  for (const z of ['+05:00', 'europe/berlin', '2026-01-15T00:00Z', 'UTC', 'Asia/Calcutta', '', 'Nope', '2026-01-01T00:00[Europe/Berlin]', 'EST5EDT', 'GMT', 'Z']) out.push([z, t(() => assertTimeZone(z))]);
  for (const m of [2 ** 53 - 1, 8.58e15 + 1, 8.6e15 + 1, 8.6e15+3]) out.push([m, t(() => fromUsd(toUsd(microUsd(m))))]);
  for (const z of ['UTC', 'Europe/Berlin', 'Pacific/Apia', 'Africa/Casablanca']) { monthContaining(0, z, 1); const s = performance.now(); for (let i = 0; i < 500; i++) monthContaining(1e12 + i * 1e9, z, 31); const m = performance.now(); for (let i = 0; i < 500; i++) dayContaining(1e12 + i * 1e9, z); out.push([z, (m - s) / 500, (performance.now() - m) / 500]); }
  console.log(JSON.stringify(out, null, 0));
});
