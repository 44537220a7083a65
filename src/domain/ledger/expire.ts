import { close } from './close';
import type { AnswerOf, Expire } from './operation';
import type { Draft } from './rows';

/** Ends every hold of the organization that should have ended by `at`. */
export function expire(draft: Draft, request: Expire): AnswerOf['expire'] {
  const overdue = draft.overdue(request.at);
  for (const hold of overdue) close(draft, hold, 'expire', request.at);
  return { expired: overdue.length };
}
