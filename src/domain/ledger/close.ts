import { microUsd, ZERO } from '../money';
import { closeOpenAttempts } from './attempt';
import { entryIn, type Entry } from './entry';
import { HoldState, isHeld, type Hold } from './hold';
import { holdLess, uncountExecution } from './movement';
import { NO_NOTE } from './note';
import type { Draft } from './rows';

/**
 * Ends a hold that is held: open attempts are charged as unconfirmed, the rest is given back, and, where no work
 * started, so is the execution. A hold that has ended already is returned as it is.
 */
export function close(draft: Draft, hold: Hold, kind: 'commit' | 'release' | 'expire', at: number): Hold {
  if (!isHeld(hold)) return hold;
  const charged = closeOpenAttempts(draft, hold, at);
  appendGivenBack(draft, charged, kind, at);
  const emptied = holdLess(draft, charged, charged.heldMicroUsd);
  const counted = emptied.hasStarted ? emptied : uncountExecution(draft, emptied);
  const closed: Hold = { ...counted, state: endState(counted, kind), settledAt: at };
  draft.putHold(closed);
  return closed;
}

function endState(hold: Hold, kind: 'commit' | 'release' | 'expire'): HoldState {
  if (kind === 'expire') return HoldState.expired;
  return hold.attempts.length > 0 ? HoldState.committed : HoldState.released;
}

function appendGivenBack(draft: Draft, hold: Hold, kind: Entry['kind'], at: number): void {
  const givenBack = {
    key: hold.key,
    attemptId: null,
    kind,
    at,
    spentMicroUsd: ZERO,
    heldMicroUsd: microUsd(-hold.heldMicroUsd),
    overageMicroUsd: ZERO,
    isUnconfirmed: false,
    isLate: false,
  };
  for (const line of hold.lines) draft.append(entryIn(line, givenBack, NO_NOTE));
}
