import type { BudgetStatusPayload } from '../../contract/payloads/budget-status';
import { statusJson } from '../../http/budget-mapping';
import { scopeView } from './scope-view';

/** A budget's status as the HTTP API writes it, and of the budget itself what one needs to read it. */
export function statusView(status: BudgetStatusPayload) {
  const { scope, mode, timeZone, anchorDay, budgetId, raise } = status;
  const budget = { organizationId: scope.organizationId, budgetId, scope: scopeView(scope), enforcementMode: mode, timezone: timeZone };
  return { ...budget, anchorDay, raise, ...statusJson(status) };
}
