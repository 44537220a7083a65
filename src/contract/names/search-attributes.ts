/** Search attributes of every invocation, all Keywords: `AgentBudgetOrganization = 'acme' AND AgentBudgetOutcome = 'denied'`. */
export const SearchAttributeName = {
  organization: 'AgentBudgetOrganization',
  agent: 'AgentBudgetAgent',
  outcome: 'AgentBudgetOutcome',
} as const;

/** What AgentBudgetOutcome says. */
export const InvocationOutcome = {
  running: 'running',
  completed: 'completed',
  denied: 'denied',
  failed: 'failed',
  cancelled: 'cancelled',
  replayed: 'replayed',
} as const;
export type InvocationOutcome = (typeof InvocationOutcome)[keyof typeof InvocationOutcome];
