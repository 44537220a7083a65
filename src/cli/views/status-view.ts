import type { BudgetStatusPayload } from '../../contract/payloads/budget-status';
import { scopeView } from './scope-view';

/** A budget's status as the HTTP API names its parts. */
export function statusView({ scope, mode, timeZone, ...status }: BudgetStatusPayload) {
  return { organizationId: scope.organizationId, ...status, scope: scopeView(scope), enforcementMode: mode, timezone: timeZone };
}
