import { close } from './close';
import { receiptOf, type Receipt } from './hold';
import { holdOf } from './lookup';
import type { Settle } from './operation';
import type { Draft } from './rows';

/** Ends a hold whose attempts were the charge; without any, it is released. Settling again answers the same. */
export function settle(draft: Draft, request: Settle): Receipt {
  return receiptOf(close(draft, holdOf(draft, request.key), 'commit', request.at));
}
