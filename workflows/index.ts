export { agentInvocation } from './agent-invocation';
export { failureWithCost } from './failure-cost';
export { maintenance } from './maintenance';
export { withBudget, type Spent } from './with-budget';
