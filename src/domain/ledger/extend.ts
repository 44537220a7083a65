import { isHeld, receiptOf } from './hold';
import { holdOf } from './lookup';
import type { Extend, ExtendAnswer } from './operation';
import type { Draft } from './rows';

/** Prolongs a hold by its TTL from `at`. One that nobody expired yet lives on, however overdue: its money is still held. */
export function extend(draft: Draft, request: Extend): ExtendAnswer {
  const hold = holdOf(draft, request.key);
  if (!isHeld(hold)) return { status: 'lapsed', receipt: receiptOf(hold) };
  const extended = { ...hold, expiresAt: Math.max(hold.expiresAt, request.at + hold.ttlMs) };
  draft.putHold(extended);
  return { status: 'held', receipt: receiptOf(extended) };
}
