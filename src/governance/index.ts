export { BudgetExceededError, type BudgetExceededDetails } from './budget-exceeded-error';
export type { BudgetCheckResult } from './check-result';
export { BudgetScope, type ExternalAgentBudget, type ExternalAgentBudgetConfig } from './external-agent-budget';
export { ExternalAgentBudgetEnforcer, type EnforcerOptions } from './external-agent-budget-enforcer';
export {
  ExternalAgentService,
  type AgentBudgetCheck,
  type AgentInvocation,
  type ExternalAgentServiceOptions,
} from './external-agent-service';
export { GovernanceService, type GovernanceServiceOptions } from './governance-service';
export { InMemoryBudgetStore } from './in-memory-budget-store';
export type { LedgerOptions } from './open-ledger';
export type {
  BudgetCheckRequest,
  BudgetedCall,
  CommitRequest,
  CostNote,
  CostRequest,
  ReservationReference,
  ReservationRequest,
} from './requests';
export type { Reservation } from './reservation';
