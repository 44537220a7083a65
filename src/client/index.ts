export { createAlertClient, type AlertClient } from './alert-client';
export {
  createBudgetClient,
  type BudgetClient,
  type BudgetClientOptions,
  type InvocationCall,
  type InvocationDescription,
  type StartedInvocation,
} from './budget-client';
export { IdempotencyConflict, InvocationFailed } from './errors';
