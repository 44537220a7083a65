import { isFirstHalf } from '../forecast';
import type { Period } from '../balance';
import type { StoredEntry } from './entry';
import { lineOf } from './movement';
import type { Hold, Line } from './hold';

/** What pruned rows add up to, in one day of a budget's month. Nulls: what no budget limits. Amounts are micro-USD. */
export interface Summary {
  readonly budgetId: string | null;
  readonly periodStart: number | null;
  readonly dayStart: number | null;
  /** Of entries: all that they charged, and what of it in the month's first half, or after its end. */
  readonly spentMicroUsd: number;
  readonly midwayMicroUsd: number;
  readonly lateMicroUsd: number;
  readonly overageMicroUsd: number;
  /** How many entries. */
  readonly entries: number;
  /** Of holds: the executions that they counted, and what their attempts were charged. */
  readonly executions: number;
  readonly attemptsMicroUsd: number;
}

/** What is kept of an entry that is pruned. */
export type PrunableEntry = Pick<
  StoredEntry,
  'entryId' | 'at' | 'budgetId' | 'periodStart' | 'dayStart' | 'spentMicroUsd' | 'overageMicroUsd'
>;

const NOTHING = {
  spentMicroUsd: 0,
  midwayMicroUsd: 0,
  lateMicroUsd: 0,
  overageMicroUsd: 0,
  entries: 0,
  executions: 0,
  attemptsMicroUsd: 0,
};

/** An entry's part; `period` is the month that it counts in. */
export function summaryOfEntry(entry: PrunableEntry, period: Period | null): Summary {
  const { at, budgetId, periodStart, dayStart, spentMicroUsd, overageMicroUsd } = entry;
  const midwayMicroUsd = period !== null && isFirstHalf(period, at) ? spentMicroUsd : 0;
  const lateMicroUsd = period !== null && at >= period.end ? spentMicroUsd : 0;
  return { ...NOTHING, budgetId, periodStart, dayStart, spentMicroUsd, midwayMicroUsd, lateMicroUsd, overageMicroUsd, entries: 1 };
}

/** A hold's parts: what it proves of its lines' executions, and of what its attempts were charged. */
export function summariesOfHold({ counted, attempts }: Hold): Summary[] {
  const charged = attempts.flatMap(({ lines, chargedMicroUsd }) => lines.map((line) => part(line, { attemptsMicroUsd: chargedMicroUsd })));
  return [...counted.map((line) => part(line, { executions: 1 })), ...charged];
}

function part(line: Line, share: Partial<typeof NOTHING>): Summary {
  return { ...NOTHING, ...lineOf(line), ...share };
}

/** One summary for each day. */
export function summed(parts: readonly Summary[]): Summary[] {
  const days = new Map<string, Summary>();
  for (const one of parts) {
    const day = JSON.stringify([one.budgetId, one.periodStart, one.dayStart]);
    const known = days.get(day);
    days.set(day, known === undefined ? one : plus(known, one));
  }
  return [...days.values()];
}

// Plain sums: over years they may pass what one month may spend, and pruning must refuse nothing.
function plus(a: Summary, b: Summary): Summary {
  return {
    ...a,
    spentMicroUsd: a.spentMicroUsd + b.spentMicroUsd,
    midwayMicroUsd: a.midwayMicroUsd + b.midwayMicroUsd,
    lateMicroUsd: a.lateMicroUsd + b.lateMicroUsd,
    overageMicroUsd: a.overageMicroUsd + b.overageMicroUsd,
    entries: a.entries + b.entries,
    executions: a.executions + b.executions,
    attemptsMicroUsd: a.attemptsMicroUsd + b.attemptsMicroUsd,
  };
}
