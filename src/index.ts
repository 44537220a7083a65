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
export type { EntryPayload } from './contract/payloads/entry';
export type { HoldPayload } from './contract/payloads/hold';
export type {
  AdmissionPayload,
  InvocationReceipt,
  InvocationRequest,
  InvocationResult,
  InvocationState,
} from './contract/payloads/invocation';
export type { AlertedWindow, AlertEvent, AlertMessage, ChannelName, CrossingPayload } from './contract/payloads/alert';
export type { AlertingState, ChannelReport, DeliveryRequest } from './contract/payloads/alerting';
export { agentDefinition, type AgentDefinition } from './contract/schemas/agent';
export { budgetAlertConfig, organizationAlertConfig, type BudgetAlertConfigInput } from './contract/schemas/alert-config';
export type { BudgetStatusPayload, RaisePayload, WindowPayload } from './contract/payloads/budget-status';
export type { ResetProgress, ResetRequest } from './contract/payloads/reset';
export type { StatementPayload } from './contract/payloads/statement';
export { SetupError } from './contract/setup-error';
export { ALERT_DEFAULTS, type BudgetAlertConfig } from './domain/alert-config';
export { KeyRole, type ApiKey, type KeyBounds, type KeyReference, type NewKey } from './domain/api-key';
export {
  BUDGET_DEFAULTS,
  DEFAULT_POLICY,
  UNLIMITED,
  type Budget,
  type Limits,
  type OrganizationPolicy,
  type TemporaryRaise,
} from './domain/budget';
export { encryptedBy, encryptionCodec, encryptionFrom, PayloadUnreadable, type EncryptionKey, type EncryptionSettings } from './encryption';
export { DomainError, DomainErrorCode } from './domain/errors';
export type { Json, Metadata } from './domain/ledger';
export { fromUsd, toUsd, type MicroUsd } from './domain/money';
export * from './governance';
export { pinned } from './domain/pinned';
export type { RequiredScope, Scope } from './domain/scope';
export {
  createApi,
  serveApi,
  type Api,
  type ApiDeps,
  type ApiOptions,
  type JwksOptions,
  type LogEntry,
  type RateLimitOptions,
  type ServedApi,
  type ServeOptions,
} from './http';
export { createNotifier, type Notifier, type NotifierDependencies } from './notify/notifier';
export { createOutbound, type Outbound } from './outbound/outbound';
export { ensureAdminKey, type AdminKey } from './store/admin-key';
export type { Delivery, DeliveryAttempt, DeliveryState, StoredAlert } from './store/alert-store';
export { audit, type Difference } from './store/audit';
export { perform, type BudgetStore } from './store/budget-store';
export type { KeyCursor, KeyStore, StoredKey } from './store/key-store';
export { authenticate, issueKey, revokeKey, rotateKey, type IssuedKey } from './store/keys';
export { LedgerClosed, LedgerOverloaded, LedgerUnavailable } from './store/ledger-unavailable';
export { budgetStatus, entries, statements, type EntriesPage } from './store/reports';
export { createMemoryStore } from './store/memory/memory-store';
export { migrate } from './store/postgres/migrate';
export { createPostgresStore } from './store/postgres/postgres-store';
export { createAlertPokes, pokeOnNews } from './worker/alert-pokes';
export { createWorker, type BudgetWorkerOptions } from './worker/create-worker';
export { createResetSchedules } from './worker/reset-schedules';
