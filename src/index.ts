export {
  createActivities,
  syncSchedules,
  withAttempt,
  type ActivityDependencies,
  type HoldReference,
  type ResetSchedules,
  type StartedAttempt,
} from '../activities';
export { AgentFailure, AgentFailureCode, type AgentAnswer, type AgentCall, type InProcessAgent } from './agents/agent';
export { createConnectors, type ConnectorDependencies } from './agents/connectors';
export { estimateCostUsd } from './agents/estimate-cost';
export * from './client';
export type { BudgetOutcome, BudgetRequest } from './contract/payloads/budgeted-work';
export type { DenialPayload } from './contract/payloads/denial';
export type {
  AdmissionPayload,
  InvocationReceipt,
  InvocationRequest,
  InvocationResult,
  InvocationState,
} from './contract/payloads/invocation';
export { agentDefinition, type AgentDefinition } from './contract/schemas/agent';
export type { BudgetStatusPayload, RaisePayload, WindowPayload } from './contract/payloads/budget-status';
export type { ResetProgress, ResetRequest } from './contract/payloads/reset';
export type { StatementPayload } from './contract/payloads/statement';
export { BUDGET_DEFAULTS, UNLIMITED, type Budget, type Limits, type OrganizationPolicy, type TemporaryRaise } from './domain/budget';
export { DomainError, DomainErrorCode } from './domain/errors';
export { fromUsd, toUsd, type MicroUsd } from './domain/money';
export { createOutbound, type Outbound } from './outbound/outbound';
export { audit, type Difference } from './store/audit';
export { perform, type BudgetStore } from './store/budget-store';
export { LedgerUnavailable } from './store/ledger-unavailable';
export { budgetStatus, statements } from './store/reports';
export { createMemoryStore } from './store/memory/memory-store';
export { migrate } from './store/postgres/migrate';
export { createPostgresStore } from './store/postgres/postgres-store';
export { createWorker, type BudgetWorkerOptions } from './worker/create-worker';
export { createResetSchedules } from './worker/reset-schedules';
