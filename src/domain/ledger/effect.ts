import type { Hold } from './hold';
import type { Answer, Operation } from './operation';
import type { Draft, Rows } from './rows';

/** What an operation brought about, for whoever counts: an answer that is given again decides and charges nothing. */
export interface Effect {
  readonly decided: 'granted' | 'denied' | null;
  /** Below 0 where a correction lowered a charge. A plain number: counting must refuse no operation. */
  readonly chargedMicroUsd: number;
}

export function effectOf(draft: Draft, before: Rows, operation: Operation, answer: Answer): Effect {
  const decided = touchesKey(draft, operation) ? decidedBy(operation, answer) : null;
  const holds = draft.changes().holds;
  return { decided, chargedMicroUsd: sum(holds.map((hold) => chargedIn(hold) - chargedIn(before.hold(hold.key)))) };
}

/** Whether the operation changed its key's hold. A key that was decided before keeps its answer, and is left as it is. */
export function touchesKey(draft: Draft, operation: Operation): boolean {
  return 'key' in operation && draft.changes().holds.some(({ key }) => key === operation.key);
}

// An attempt goes on under the grant that its hold has: only a refusal to start one is another decision.
function decidedBy({ kind }: Operation, answer: Answer): Effect['decided'] {
  if (!('status' in answer)) return null;
  if (answer.status === 'denied') return 'denied';
  return kind === 'reserve' && answer.status === 'granted' ? 'granted' : null;
}

function chargedIn(hold: Hold | undefined): number {
  return sum((hold?.attempts ?? []).map(({ chargedMicroUsd }) => chargedMicroUsd));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
