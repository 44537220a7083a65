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
  const balance = balanceOf(draft, line);
  const month = moved(balance.month, movement, movement.heldMicroUsd);
  const isDayRunning = balance.day.start === line.dayStart;
  const day = isDayRunning ? moved(balance.day, movement, movement.heldInDayMicroUsd ?? movement.heldMicroUsd) : {};
  const usedMicroUsd = add(month.spentMicroUsd, month.heldMicroUsd);
  draft.putBalance({
    ...balance,
    month,
    day: { ...balance.day, ...day },
    peakMicroUsd: maxOf(balance.peakMicroUsd, usedMicroUsd),
    ...chargedIn(balance, movement),
  });
}

// By when a charge was made, not by when the statement was written: a late reset must not change what it says.
function chargedIn(
  { period, midwayMicroUsd, lateMicroUsd }: Balance,
  { spentMicroUsd = ZERO, chargedAt }: Movement,
): Pick<Balance, 'midwayMicroUsd' | 'lateMicroUsd'> {
  if (chargedAt === undefined) return { midwayMicroUsd, lateMicroUsd };
  return {
    midwayMicroUsd: isFirstHalf(period, chargedAt) ? add(midwayMicroUsd, spentMicroUsd) : midwayMicroUsd,
    lateMicroUsd: chargedAt >= period.end ? add(lateMicroUsd, spentMicroUsd) : lateMicroUsd,
  };
}

/** Holds more: in the hold's month, and in the day that runs at `at`. */
export function holdMore(draft: Draft, hold: Hold, amount: MicroUsd, at: number): Hold {
  const lines = hold.lines.map((line) => {
    const balance = rollDay(balanceOf(draft, line), at);
    draft.putBalance(balance);
    const isSameDay = balance.day.start === line.dayStart;
    const grown = { ...line, dayStart: balance.day.start, heldInDayMicroUsd: isSameDay ? add(line.heldInDayMicroUsd, amount) : amount };
    move(draft, grown, { heldMicroUsd: amount });
    return grown;
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
  const found = draft.balances(line.budgetId, line.periodStart).find(({ period }) => period.start === line.periodStart);
  if (found === undefined)
    throw new Error(`Budget ${line.budgetId} has no balance from ${String(line.periodStart)}, though a hold counts in it`);
  return found;
}

function moved(counters: Counters, movement: Movement, heldMicroUsd: MicroUsd = ZERO): Counters {
  return {
    spentMicroUsd: add(counters.spentMicroUsd, movement.spentMicroUsd ?? ZERO),
    heldMicroUsd: add(counters.heldMicroUsd, heldMicroUsd),
    executions: counters.executions + (movement.executions ?? 0),
  };
}
