import { EVERYTHING } from './budgets';
import { totalOf, type Records } from './records';

/** Differences between balances, entries, holds and attempts. */
export function driftIn({ ledger }: Records): string[] {
  const { entries, balances, holds, differences } = ledger;
  const found = differences.map((difference) => JSON.stringify(difference));
  // The audit is ours; this is told apart from it, and simpler.
  const spent = new Map<string, number>();
  const byKey = new Map<string, number>();
  for (const { budgetId, key, spentMicroUsd } of entries) {
    if (budgetId !== null) add(spent, budgetId, spentMicroUsd);
    if (budgetId === EVERYTHING) add(byKey, key, spentMicroUsd);
  }
  for (const [budgetId, sum] of spent) {
    const balance = balances.filter((row) => row.budgetId === budgetId).reduce((total, { month }) => total + month.spentMicroUsd, 0);
    if (balance !== sum) found.push(`${budgetId}: entries ${String(sum)}, balances ${String(balance)}`);
  }
  for (const key of new Set([...byKey.keys(), ...holds.keys()])) {
    const [charged, sum] = [totalOf(holds.get(key)), byKey.get(key) ?? 0];
    if (charged !== sum) found.push(`${key}: attempts ${String(charged)}, entries ${String(sum)}`);
  }
  return found;
}

/** Holds that nobody ended, or nobody but time: who was answered had settled his before. */
export function leakedIn({ calls, outcomes, ledger }: Records): string[] {
  return calls.flatMap((call) => {
    const [hold, outcome] = [ledger.holds.get(call.key), outcomes.get(call.number)];
    if (hold === undefined) return [];
    if (hold.state === 'held') return [call.key];
    if (hold.state !== 'expired' || outcome === undefined) return [];
    if (call.way === 'direct') {
      const isSettled = outcome.status === 'completed' || outcome.status === 'cancelled';
      return isSettled ? [`${call.key}: ${outcome.status}, and expired`] : [];
    }
    // A terminated run settles nothing, and its caller has no receipt.
    const isLost = outcome.chargedMicroUsd !== null && (hold.settledAt ?? 0) > outcome.answeredAt;
    return isLost ? [`${call.key}: expired ${String((hold.settledAt ?? 0) - outcome.answeredAt)} ms after its answer`] : [];
  });
}

function add(sums: Map<string, number>, name: string, amount: number): void {
  sums.set(name, (sums.get(name) ?? 0) + amount);
}
