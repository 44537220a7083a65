import { close } from './close';
import type { AnswerOf, Expire } from './operation';
import type { Draft } from './rows';

/** How many holds one expire ends, so that no sweep keeps an organization's other callers waiting. */
const PAGE = 500;

/** Ends the holds of the organization that should have ended by `at`, a page of them; `isComplete` when none is left. */
export function expire(draft: Draft, request: Expire): AnswerOf['expire'] {
  const overdue = draft.overdue(request.at, PAGE);
  for (const hold of overdue) close(draft, hold, 'expire', request.at);
  return { expired: overdue.length, isComplete: overdue.length < PAGE };
}
