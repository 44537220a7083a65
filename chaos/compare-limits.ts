import type { StoredEntry } from '../src/domain/ledger';
import { ESTIMATE_MICRO_USD } from './agents';
import { MOVING } from './budgets';
import type { Call } from './plan';
import type { Records } from './records';
import type { Step } from './witness';

/**
 * Whenever a hard budget held more than before, all that it had spent and held fitted its limit and carry-over as they were then, save what the
 * plan has cost more than anybody could hold.
 */
export function overspentIn({ calls, budgets, ledger, witnessed, landed }: Records): string[] {
  const { steps, transactions } = witnessed;
  const hard = new Set(budgets.filter(({ mode }) => mode === 'hard').map(({ budgetId }) => budgetId));
  const byKey = new Map(calls.map((call) => [call.key, call]));
  const found: string[] = [];
  const excused = new Map<string, number>();
  const held = new Map<string, number>();
  const limits = new Map<string, number>();
  const written = new Map<string | undefined, StoredEntry[]>();
  for (const entry of ledger.entries) {
    const transaction = transactions.get(entry.entryId);
    written.set(transaction, [...(written.get(transaction) ?? []), entry]);
  }
  for (const group of transactionsIn(steps)) {
    for (const entry of written.get(group[0]?.transaction) ?? []) {
      const row = `${String(entry.budgetId)} ${String(entry.periodStart)}`;
      excused.set(row, (excused.get(row) ?? 0) + excuseOf(entry, byKey.get(entry.key)));
    }
    // What is decided together is decided before or after a limit that is set with it.
    const before = new Map(limits);
    for (const step of group) if (step.what === 'limit') limits.set(step.budgetId, step.limitMicroUsd ?? Infinity);
    for (const step of group) {
      if (step.what === 'limit' || !hard.has(step.budgetId)) continue;
      const row = `${step.budgetId} ${String(step.periodStart)}`;
      const limit = Math.max(before.get(step.budgetId) ?? 0, limits.get(step.budgetId) ?? 0);
      const over = step.spentMicroUsd + step.heldMicroUsd - (excused.get(row) ?? 0) - limit - step.carriedInMicroUsd;
      if (step.heldMicroUsd > (held.get(row) ?? 0) && over > 0) found.push(`${row} by ${String(over)} micro-USD`);
      held.set(row, step.heldMicroUsd);
    }
  }
  const set = new Set(steps.filter((step) => step.what === 'limit' && step.budgetId === MOVING).map((step) => limitOf(step)));
  for (const limit of landed) if (!set.has(limit)) found.push(`${MOVING}: ${String(limit)} was answered, and never set`);
  return found;
}

function limitOf(step: Step): number | null {
  return step.what === 'limit' ? step.limitMicroUsd : null;
}

function transactionsIn(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last?.[0]?.transaction === step.transaction) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** What of an entry no hold could have kept within the limit, by what was planned: nothing for all but four kinds of call. */
function excuseOf({ spentMicroUsd, isLate }: StoredEntry, call: Call | undefined): number {
  if (call === undefined) return 0;
  if (call.way !== 'direct')
    return call.behaviour === 'lie' && call.lie === 'farAbove' ? Math.max(0, spentMicroUsd - ESTIMATE_MICRO_USD) : 0;
  if (call.use === 'charge' || (call.use === 'commit' && isLate)) return Math.max(0, spentMicroUsd);
  return 0;
}
