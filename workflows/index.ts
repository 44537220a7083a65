export { agentInvocation } from './agent-invocation';
export { alertTest } from './alert-test';
export { budgetAlert } from './budget-alert';
export { closeEndedPeriods } from './close-ended-periods';
export { failureWithCost } from './failure-cost';
export { maintenance } from './maintenance';
export { monthlyReset } from './monthly-reset';
export { withBudget, type BudgetOptions, type Spent } from './with-budget';
