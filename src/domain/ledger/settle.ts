import { close } from './close';
import { HoldState, receiptOf, type Hold, type Receipt } from './hold';
import { holdOf } from './lookup';
import type { Settle } from './operation';
import type { Draft } from './rows';

/** Ends a hold whose attempts were the charge; without any, it is released. Settling again answers the same. */
export function settle(draft: Draft, request: Settle): Receipt {
  const closed = close(draft, holdOf(draft, request.key), 'commit', request.at);
  if (closed.state !== HoldState.expired || closed.attempts.length === 0) return receiptOf(closed);
  // It had expired while its work went on: now that is over, and its key is not granted again.
  const settled: Hold = { ...closed, state: HoldState.committed };
  draft.putHold(settled);
  return receiptOf(settled);
}
