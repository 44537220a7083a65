import type { Balance, Counters } from '../balance';
import { isFirstHalf } from '../forecast';
import { add, maxOf, microUsd, minOf, subtract, ZERO, type MicroUsd } from '../money';
import { rollDay } from './account';
import type { Hold, Line } from './hold';
import type { Draft } from './rows';

interface Movement {
  readonly spentMicroUsd?: MicroUsd;
  /** When that was charged. */
  readonly chargedAt?: number;
  readonly heldMicroUsd?: MicroUsd;
  /** What of `heldMicroUsd` moves in the day; all of it unless told. */
  readonly heldInDayMicroUsd?: MicroUsd;
  readonly executions?: number;
}

/** Moves a line's month, and its day if that day still runs. */
export function move(draft: Draft, line: Line, movement: Movement): void {
  draft.putBalance(afterMoving(balanceOf(draft, line), line.dayStart, movement));
}

/**
 * A balance with its month moved, and its day if that is the one that began at `dayStart`. The hottest line of the ledger, and so
 * field by field: a spread of counters that are then overridden takes some 40 times as long as a literal.
 */
export function afterMoving(balance: Balance, dayStart: number, movement: Movement): Balance {
  const { period, midwayMicroUsd, lateMicroUsd } = balance;
  const { spentMicroUsd = ZERO, chargedAt, heldMicroUsd = ZERO, heldInDayMicroUsd = heldMicroUsd } = movement;
  const month = moved(balance.month, movement, heldMicroUsd);
  // By when a charge was made, not by when the statement was written: a late reset must not change what it says.
  const isMidway = chargedAt !== undefined && isFirstHalf(period, chargedAt);
  const isLate = chargedAt !== undefined && chargedAt >= period.end;
  return {
    budgetId: balance.budgetId,
    period,
    timeZone: balance.timeZone,
    limitMicroUsd: balance.limitMicroUsd,
    raisedMicroUsd: balance.raisedMicroUsd,
    rolloverPercent: balance.rolloverPercent,
    carriedInMicroUsd: balance.carriedInMicroUsd,
    month,
    day: balance.day.start === dayStart ? movedDay(balance.day, movement, heldInDayMicroUsd) : balance.day,
    alerted: balance.alerted,
    peakMicroUsd: maxOf(balance.peakMicroUsd, add(month.spentMicroUsd, month.heldMicroUsd)),
    midwayMicroUsd: isMidway ? add(midwayMicroUsd, spentMicroUsd) : midwayMicroUsd,
    lateMicroUsd: isLate ? add(lateMicroUsd, spentMicroUsd) : lateMicroUsd,
    closedAt: balance.closedAt,
  };
}

/** Holds more: in the hold's month, and in the day that runs at `at`. */
export function holdMore(draft: Draft, hold: Hold, amount: MicroUsd, at: number): Hold {
  const lines = hold.lines.map((line) => {
    const balance = rollDay(balanceOf(draft, line), at);
    const dayStart = balance.day.start;
    draft.putBalance(afterMoving(balance, dayStart, { heldMicroUsd: amount }));
    return { ...line, dayStart, heldInDayMicroUsd: dayStart === line.dayStart ? add(line.heldInDayMicroUsd, amount) : amount };
  });
  return { ...hold, lines, heldMicroUsd: add(hold.heldMicroUsd, amount), reservedMicroUsd: add(hold.reservedMicroUsd, amount) };
}

/** Holds less. What stays held counts in the day only as far as it did. */
export function holdLess(draft: Draft, hold: Hold, amount: MicroUsd): Hold {
  if (amount === 0) return hold;
  const heldMicroUsd = subtract(hold.heldMicroUsd, amount);
  const lines = hold.lines.map((line) => {
    const heldInDayMicroUsd = minOf(line.heldInDayMicroUsd, heldMicroUsd);
    move(draft, line, {
      heldMicroUsd: microUsd(-amount),
      heldInDayMicroUsd: subtract(heldInDayMicroUsd, line.heldInDayMicroUsd),
    });
    return { ...line, heldInDayMicroUsd };
  });
  return { ...hold, lines, heldMicroUsd };
}

/** Counts the hold's execution in all its lines. */
export function countExecution(draft: Draft, hold: Hold): Hold {
  for (const line of hold.lines) move(draft, line, { executions: 1 });
  return { ...hold, counted: [...hold.counted, ...hold.lines.map(lineOf)] };
}

/** Gives back the execution that the decision now in force counted. */
export function uncountExecution(draft: Draft, hold: Hold): Hold {
  if (hold.lines.length === 0) return hold;
  for (const line of hold.counted.slice(-hold.lines.length)) move(draft, line, { executions: -1 });
  return { ...hold, counted: hold.counted.slice(0, -hold.lines.length) };
}

export function lineOf({ budgetId, periodStart, dayStart }: Line): Line {
  return { budgetId, periodStart, dayStart };
}

/** The row that a line counts in. It was written with the hold, so a missing one is a broken store. */
export function balanceOf(draft: Draft, line: Line): Balance {
  const found = draft.balanceFrom(line.budgetId, line.periodStart);
  if (found === undefined)
    throw new Error(`Budget ${line.budgetId} has no balance from ${String(line.periodStart)}, though a hold counts in it`);
  return found;
}

function moved(counters: Counters, { spentMicroUsd = ZERO, executions = 0 }: Movement, heldMicroUsd: MicroUsd): Counters {
  return {
    spentMicroUsd: add(counters.spentMicroUsd, spentMicroUsd),
    heldMicroUsd: add(counters.heldMicroUsd, heldMicroUsd),
    executions: counters.executions + executions,
  };
}

function movedDay(day: Balance['day'], movement: Movement, heldInDayMicroUsd: MicroUsd): Balance['day'] {
  const { spentMicroUsd, heldMicroUsd, executions } = moved(day, movement, heldInDayMicroUsd);
  return { spentMicroUsd, heldMicroUsd, executions, start: day.start, end: day.end };
}
