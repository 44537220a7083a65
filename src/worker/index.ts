export {
  createActivities,
  syncSchedules,
  withAttempt,
  type ActivityDependencies,
  type HoldReference,
  type ResetSchedules,
  type StartedAttempt,
} from '../../activities';
export { WORKER_LIMITS, type WorkerLimits } from '../contract/worker-limits';
export { createConnectors, type ConnectorDependencies } from '../agents/connectors';
export { estimateCostUsd } from '../agents/estimate-cost';
export { createNotifier, type Notifier, type NotifierDependencies } from '../notify/notifier';
export { createOutbound, type Outbound } from '../outbound/outbound';
export { createAlertPokes, pokeOnNews } from './alert-pokes';
export { budgetPlugin, type BudgetPluginOptions, type PluginLedger } from './budget-plugin';
export { createWorker, type BudgetWorkerOptions } from './create-worker';
export { createResetSchedules } from './reset-schedules';
