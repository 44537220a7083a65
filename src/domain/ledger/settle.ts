import { close } from './close';
import { HoldState, receiptOf, type Hold, type Receipt } from './hold';
import { holdOf } from './lookup';
import type { Settle } from './operation';
import type { Draft } from './rows';

/**
 * Ends a hold whose attempts were the charge; without any, it is released. Settling again answers the same. Of a run whose work is over
 * no try begins any more: one may still be on its way to a worker that was frozen for long.
 */
export function settle(draft: Draft, request: Settle): Receipt {
  const closed = close(draft, holdOf(draft, request.key), 'commit', request.at);
  // It had expired while its work went on: now that is over, and its key is not granted again.
  const state = closed.state === HoldState.expired && closed.attempts.length > 0 ? HoldState.committed : closed.state;
  const endedRunId = request.endedRunId ?? closed.endedRunId;
  if (state === closed.state && endedRunId === closed.endedRunId) return receiptOf(closed);
  const settled: Hold = { ...closed, state, endedRunId };
  draft.putHold(settled);
  return receiptOf(settled);
}
