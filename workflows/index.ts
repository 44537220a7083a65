export { agentInvocation } from './agent-invocation';
export { closeEndedPeriods } from './close-ended-periods';
export { failureWithCost } from './failure-cost';
export { maintenance } from './maintenance';
export { monthlyReset } from './monthly-reset';
export { withBudget, type Spent } from './with-budget';
