import type { Budget } from '../domain/budget';
import type { Scope } from '../domain/scope';
import type { Principal } from './context';
import { forbidden } from './problem';

/** What a call or a budget says of whom it is for, within its organization. */
type Named = Pick<Scope, 'teamId' | 'userId'>;

/** Whether a key may see what is done for somebody: one that is pinned sees what is done for its own team and user alone. */
export function isWithin({ teamId, userId }: Named, { teamId: team, userId: user }: Pick<Principal, 'teamId' | 'userId'>): boolean {
  return (team === null || team === teamId) && (user === null || user === userId);
}

/** A pinned key manages the budgets of its own team and user, and nothing that others stand under as well. Throws a 403. */
export function assertMayChange(budget: Pick<Budget, 'scope'>, principal: Principal): void {
  if (!isWithin(budget.scope, principal)) throw forbidden('This key is pinned: it may change the budgets of its own team and user alone');
}

/** For what the whole organization shares. Throws a 403. */
export function assertUnpinned({ teamId, userId }: Principal): void {
  if (teamId !== null || userId !== null) throw forbidden('This key is pinned to a team or user: what all share is not its to change');
}
