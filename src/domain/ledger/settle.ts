import { close } from './close';
import { HoldState, isTakenFrom, receiptOf, type Hold, type Receipt } from './hold';
import { holdOf } from './lookup';
import type { Settle } from './operation';
import type { Draft } from './rows';

/**
 * Ends a hold whose attempts were the charge; without any, it is released. Settling again answers the same. A try that was
 * scheduled before the work was over may still be on its way, to a worker that is frozen.
 */
export function settle(draft: Draft, request: Settle): Receipt {
  const hold = holdOf(draft, request.key);
  if (isTakenFrom(hold, request.runId)) return receiptOf(hold);
  const closed = close(draft, hold, 'commit', request.at);
  // It had expired while its work went on: now that is over, and its key is not granted again.
  const state = closed.state === HoldState.expired && closed.attempts.length > 0 ? HoldState.committed : closed.state;
  const noTryBefore = latest(closed.noTryBefore, request.noTryBefore ?? null);
  if (state === closed.state && noTryBefore === closed.noTryBefore) return receiptOf(closed);
  const settled: Hold = { ...closed, state, noTryBefore };
  draft.putHold(settled);
  return receiptOf(settled);
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
