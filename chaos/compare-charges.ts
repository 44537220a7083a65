import type { Attempt, StoredEntry } from '../src/domain/ledger';
import { ESTIMATE_MICRO_USD } from './agents';
import { EVERYTHING } from './budgets';
import type { Call } from './plan';
import { totalOf, type Records } from './records';

interface Found {
  readonly doubleCharges: string[];
  readonly uncharged: string[];
  /** What agents spent and could tell nobody: no fault of ours, where something was killed or stopped. */
  readonly unreported: string[];
}

/** What the ledger has of each call, against what its agent, its history and its caller say. */
export function chargesIn(records: Records): Found {
  const found: Found = { doubleCharges: [], uncharged: [], unreported: [] };
  for (const call of records.calls) judge(call, evidenceOf(call, records), found);
  return found;
}

/** All that is known of one call. */
interface Evidence {
  readonly attempts: readonly Attempt[];
  readonly totalMicroUsd: number;
  /** In the order of writing, of one budget that every call counts in. */
  readonly entries: readonly StoredEntry[];
  /** Costs that its agents said, or that its caller committed. */
  readonly told: readonly number[];
  /** How often its agents spent something. */
  readonly spendings: number;
  readonly isReleased: boolean;
  readonly records: Records;
}

function evidenceOf({ number, key }: Call, records: Records): Evidence {
  const hold = records.ledger.holds.get(key);
  const agents = records.agents.filter(({ call }) => call === number);
  const own = records.direct.get(number);
  return {
    attempts: hold?.attempts ?? [],
    totalMicroUsd: totalOf(hold),
    entries: records.ledger.entries.filter((entry) => entry.budgetId === EVERYTHING && entry.key === key),
    told: [...agents.flatMap(({ toldMicroUsd }) => toldMicroUsd ?? []), ...(own === undefined ? [] : [own])],
    spendings: agents.filter(({ spentMicroUsd }) => spentMicroUsd > 0).length,
    isReleased: hold?.state === 'released',
    records,
  };
}

function judge(call: Call, evidence: Evidence, { doubleCharges, uncharged, unreported }: Found): void {
  const { attempts, totalMicroUsd, told, spendings, isReleased, records } = evidence;
  const { key, number } = call;
  const outcome = records.outcomes.get(number);
  const history = records.histories.get(key);
  const charged = attempts.filter(({ chargedMicroUsd }) => chargedMicroUsd > 0);
  const known: number[] = charged.filter(({ isAssumed }) => !isAssumed).map(({ chargedMicroUsd }) => chargedMicroUsd);
  const assumed: number[] = charged.filter(({ isAssumed }) => isAssumed).map(({ chargedMicroUsd }) => chargedMicroUsd);
  const double = (what: string) => doubleCharges.push(`${key}: ${what}`);
  const missing = (what: string) => uncharged.push(`${key}: ${what}`);

  // No amount was told twice: one that is charged twice, or that nobody told, is a charge too many.
  if (new Set(known).size < known.length || known.some((amount) => !told.includes(amount)))
    double(`charged ${known.join(' ')}, told ${told.join(' ')}`);
  if (assumed.some((amount) => amount !== ESTIMATE_MICRO_USD)) double(`assumed ${assumed.join(' ')}`);
  if (new Set(charged.map(({ runId }) => runId)).size > 1) double('charged to more than one run');
  if (charged.length > (history?.tries ?? Infinity)) double(`${String(charged.length)} charges, ${String(history?.tries)} tries`);
  if (isReleased && totalMicroUsd !== 0) double(`released, and charged ${String(totalMicroUsd)}`);
  const { misfits, isOff } = entriesOf(evidence, outcome?.chargedMicroUsd ?? null);
  misfits.forEach(double);
  if (isOff !== null) (isOff < totalMicroUsd ? double : missing)(`told ${String(isOff)}, charged ${String(totalMicroUsd)}`);

  // What agents spent, somebody pays: as told, or as assumed where nobody heard it.
  if (charged.length < spendings) missing(`its agents spent ${String(spendings)} times, charged ${String(charged.length)} times`);
  const recorded = [
    ...(history?.costs ?? []).filter(({ of }) => of !== 'assumed').map(({ amountMicroUsd }) => amountMicroUsd),
    outcome?.recordedMicroUsd ?? 0,
  ];
  const amounts = [...known, ...assumed];
  for (const amount of new Set(recorded)) if (amount > 0 && !amounts.includes(amount)) missing(`${String(amount)} was recorded`);
  for (const { amountMicroUsd, of } of history?.costs ?? []) {
    const isHeard = of === 'answer' ? told.includes(amountMicroUsd) : of === 'failure' || isLiar(call);
    if (!isHeard) missing(`an agent that told ${told.join(' ')} was heard as ${String(amountMicroUsd)}`);
  }
  const unheard = told.filter((amount) => !known.includes(amount));
  const isExplained = records.hasFaults || (call.way !== 'direct' && call.interference !== null);
  // A denied call never came to spend what its caller meant to.
  if (call.way === 'direct') return;
  if (unheard.length > assumed.length || (unheard.length > 0 && !isExplained)) missing(`nobody heard ${unheard.join(' ')}`);
  if (!isExplained && charged.length > spendings) double(`charged ${String(charged.length)} times, spent ${String(spendings)} times`);
  for (const amount of unheard) unreported.push(`${key}: ${String(amount)}`);
}

function isLiar(call: Call): boolean {
  return call.way !== 'direct' && call.behaviour === 'lie' && call.lie !== 'farAbove';
}

/** Whether one call's entries can be; and what its caller was told, where that is not what was charged when it was told. */
function entriesOf({ entries, totalMicroUsd }: Evidence, toldMicroUsd: number | null): { misfits: string[]; isOff: number | null } {
  const misfits: string[] = [];
  const open = new Map<string | null, number>();
  for (const { kind, attemptId, spentMicroUsd } of entries) {
    if (kind === 'charge') {
      if (spentMicroUsd < 0) misfits.push(`a credit of ${String(-spentMicroUsd)}`);
      if (open.has(attemptId)) misfits.push(`${String(attemptId)} was charged again`);
      open.set(attemptId, spentMicroUsd);
    } else if (kind === 'correction') {
      if (open.get(attemptId) !== ESTIMATE_MICRO_USD) misfits.push(`${String(attemptId)} was corrected, and is no estimate`);
      // Corrected to nothing it never began, and may begin again.
      if (spentMicroUsd === -ESTIMATE_MICRO_USD) open.delete(attemptId);
      else open.set(attemptId, ESTIMATE_MICRO_USD + spentMicroUsd);
    } else if (spentMicroUsd !== 0) misfits.push(`a ${kind} that spends ${String(spentMicroUsd)}`);
  }
  if (toldMicroUsd === null) return { misfits, isOff: null };
  // What was assumed may have been corrected since: by the last corrections, however many.
  const later: number[] = entries.filter(({ kind }) => kind === 'correction').map(({ spentMicroUsd }) => spentMicroUsd);
  const possible = later.reduceRight<number[]>((before, spent) => [...before, (before.at(-1) ?? 0) - spent], [totalMicroUsd]);
  return { misfits, isOff: possible.includes(toldMicroUsd) ? null : toldMicroUsd };
}
