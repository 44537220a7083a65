import type { Hold } from './hold';
import type { Answer, Operation } from './operation';
import type { Draft } from './rows';

/** What an operation brought about, for whoever counts: an answer that is given again decides and charges nothing. */
export interface Effect {
  readonly decided: 'granted' | 'denied' | null;
  /** Below 0 where a correction lowered a charge. A plain number: counting must refuse no operation. */
  readonly chargedMicroUsd: number;
}

export function effectOf(draft: Draft, operation: Operation, answer: Answer): Effect {
  const decided = touchesKey(draft, operation) ? decidedBy(operation, answer) : null;
  let chargedMicroUsd = 0;
  for (const { hold, was } of draft.touchedHolds()) chargedMicroUsd += chargedIn(hold) - chargedIn(was);
  return { decided, chargedMicroUsd };
}

/** Whether the operation changed its key's hold. A key that was decided before keeps its answer, and is left as it is. */
export function touchesKey(draft: Draft, operation: Operation): boolean {
  return 'key' in operation && draft.touches(operation.key);
}

// An attempt goes on under the grant that its hold has: only a refusal to start one is another decision.
function decidedBy({ kind }: Operation, answer: Answer): Effect['decided'] {
  if (!('status' in answer)) return null;
  if (answer.status === 'denied') return 'denied';
  return kind === 'reserve' && answer.status === 'granted' ? 'granted' : null;
}

function chargedIn(hold: Hold | undefined): number {
  return hold === undefined ? 0 : hold.attempts.reduce((sum, { chargedMicroUsd }) => sum + chargedMicroUsd, 0);
}
