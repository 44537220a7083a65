import { alertConfigOf } from '../domain/alert-config';
import type { Budget } from '../domain/budget';
import type { ApiContext } from './context';
import type { ApiDeps } from './deps';
import { forbidden } from './problem';
import type { BudgetPatch } from './schemas/budgets';

const REFERENCE = /^(env|file):/;

/**
 * Refuses references to secrets that are not the asker's to use: what `env:NAME` and `file:/PATH` name is the operator's, and whoever
 * may send it to an address of his own can read it. Throws a 403.
 */
export function assertSecretsAllowed(c: ApiContext, { options = {} }: Pick<ApiDeps, 'options'>, value: unknown): void {
  const { organizationId } = c.get('principal');
  if (organizationId === null) return;
  for (const text of textsIn(value)) {
    if (!REFERENCE.test(text) || options.mayUseSecret?.(organizationId, text) === true) continue;
    throw forbidden(`The secret ${text} is the operator's: only an operator's key may refer to it for this organization`);
  }
}

/**
 * The same for how a budget is to alert: what goes where the caller says must not be signed with a secret that the budget keeps, or has
 * from its organization. Throws a 403.
 */
export async function assertAlertsAllowed(
  c: ApiContext,
  deps: Pick<ApiDeps, 'options' | 'store'>,
  wanted: Budget,
  given: BudgetPatch['alerts'],
): Promise<void> {
  const goesElsewhere = typeof given?.webhook_url === 'string';
  assertSecretsAllowed(c, deps, goesElsewhere ? alertConfigOf(await deps.store.policy(wanted.scope.organizationId), wanted) : given);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
