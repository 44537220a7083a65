import { assertCheck } from '../../domain/ledger';
import { assertId } from '../../domain/scope';
import { budgetOperations, type BudgetStore } from '../budget-store';
import { createNews } from '../news';
import { loadAgent, loadAgents, putAgent, removeAgent } from './agents';
import { loadAlert, loadAlerts } from './alert-row';
import { loadAuditFigures } from './audit-figures';
import { renewLease } from './alert-lease';
import { checkIn } from './check-in';
import { claimAlert } from './claim-alert';
import { closePool, createPool, rowsOf } from './connection';
import { loadBalances } from './load-balances';
import { loadBudgets, loadBudgetsNamed } from './load-budgets';
import { loadBudgetsToAlert } from './load-budgets-to-alert';
import { loadCharged } from './load-charged';
import { loadClosableBudgets } from './load-closable-budgets';
import { loadEntries } from './load-entries';
import { loadEveryOrganization } from './load-every-organization';
import { loadHolds } from './load-holds';
import { loadKey, loadKeyByHash, loadKeys } from './load-keys';
import { loadLargestHolds } from './load-largest-holds';
import { loadLooseEnds } from './load-loose-ends';
import { loadPolicy } from './load-policy';
import { loadPrunableOrganizations } from './load-prunable-organizations';
import { loadSweepableOrganizations } from './load-sweepable-organizations';
import { loadZonesInUse } from './load-zones-in-use';
import { createGroupCommit, LIMITS, type GroupCommitLimits } from './group-commit';
import { enableAddress, putDelivery, reopenDelivery } from './put-delivery';
import { pruneAlerts } from './prune-alerts';
import { putKey } from './put-key';
import { putPolicy } from './put-policy';
import { replaceKey } from './replace-key';
import { revokeKey } from './revoke-key';
import { createSingleCommit } from './single-commit';
import { touchKey } from './touch-key';
import type { News } from './write-batches';

export interface PostgresStoreOptions {
  /** 10 unless told; 3 at least: reads keep no batch waiting, and batches that wait for a lock none that need not. */
  readonly maxConnections?: number;
  /** How much is carried out together; null: each call in a transaction of its own. */
  readonly groupCommit?: Partial<GroupCommitLimits> | null;
}

/** The ledger in a database that `migrate` has brought up to date; any number of workers share it. */
export function createPostgresStore(
  databaseUrl: string,
  { maxConnections = 10, groupCommit = {} }: PostgresStoreOptions = {},
): BudgetStore {
  const writers = createPool(databaseUrl, { maxConnections: Math.max(2, Math.ceil(maxConnections * 0.4)) });
  const pool = createPool(databaseUrl, { maxConnections: Math.max(1, Math.floor(maxConnections * 0.6)) });
  const news = createNews();
  const tell = ({ organizationId, budgetIds }: News) => {
    news.tell(organizationId, budgetIds);
  };
  const ledger = groupCommit === null ? createSingleCommit(writers, tell) : createGroupCommit(writers, tell, { ...LIMITS, ...groupCommit });
  const applyBatch: BudgetStore['applyBatch'] = async (organizationId, operations) => {
    assertId('organizationId', organizationId);
    return ledger.submit(organizationId, operations);
  };
  return {
    applyBatch,
    ...budgetOperations(applyBatch),
    check: async (request) => {
      assertCheck(request);
      return checkIn(pool, request);
    },
    putPolicy: (organizationId, policy) => putPolicy(pool, organizationId, policy),
    putAgent: (organizationId, agent) => putAgent(pool, organizationId, agent),
    removeAgent: (organizationId, agentId) => removeAgent(pool, organizationId, agentId),
    organizations: async () => {
      const sql = `select organization_id from organizations union select organization_id from budgets
                   union select organization_id from agents order by 1`;
      return (await rowsOf<{ organization_id: string }>(pool, sql)).map((row) => row.organization_id);
    },
    budgets: (organizationId) => loadBudgets(pool, organizationId),
    budget: async (organizationId, budgetId) => (await loadBudgetsNamed(pool, organizationId, [budgetId]))[0],
    balances: async (organizationId, budgetId, since) =>
      (await loadBalances(pool, organizationId, new Map([[budgetId, since]]))).get(budgetId) ?? [],
    agent: (organizationId, agentId) => loadAgent(pool, organizationId, agentId),
    agents: (organizationId) => loadAgents(pool, organizationId),
    hold: async (organizationId, key) => (await loadHolds(pool, organizationId, [key]))[0],
    largestHolds: (organizationId, window, most) => loadLargestHolds(pool, organizationId, window, most),
    entries: (organizationId, budgetId, after, most) => loadEntries(pool, organizationId, budgetId, after, most),
    sweepableOrganizations: (at) => loadSweepableOrganizations(pool, at),
    prunableOrganizations: (at, before) => loadPrunableOrganizations(pool, at, before),
    policy: (organizationId) => loadPolicy(pool, organizationId),
    onNews: news.on,
    claimAlert: (claim) => claimAlert(pool, claim),
    renewLease: (lease) => renewLease(pool, lease),
    putDelivery: (organizationId, alertId, delivery, leaseUntil) => putDelivery(pool, organizationId, alertId, delivery, leaseUntil),
    enableAddress: (name, address) => enableAddress(pool, name, address),
    reopenDelivery: (reopening) => reopenDelivery(pool, reopening),
    alert: (organizationId, alertId) => loadAlert(pool, organizationId, alertId),
    alerts: (organizationId, budgetId, most, before) => loadAlerts(pool, organizationId, budgetId, most, before ?? null),
    budgetsToAlert: (at, after, most) => loadBudgetsToAlert(pool, at, after, most),
    pruneAlerts: (organizationId, before, most) => pruneAlerts(pool, organizationId, before, most),
    putKey: (stored) => putKey(pool, stored),
    keyByHash: (hash) => loadKeyByHash(pool, hash),
    key: (reference) => loadKey(pool, reference),
    keys: (organizationId, after, most) => loadKeys(pool, organizationId, after, most),
    replaceKey: (replaced, fresh, at, graceMs) => replaceKey(pool, replaced, fresh, at, graceMs),
    revokeKey: (reference, at) => revokeKey(pool, reference, at),
    touchKey: (keyId, at) => touchKey(pool, keyId, at),
    zonesInUse: () => loadZonesInUse(pool),
    closableBudgets: (timeZone, at, after, most) => loadClosableBudgets(pool, timeZone, at, after, most),
    chargedIn: (organizationId, budgetId, period) => loadCharged(pool, organizationId, budgetId, period),
    auditFigures: (organizationId) => loadAuditFigures(pool, organizationId),
    looseEnds: (organizationId, before) => loadLooseEnds(pool, organizationId, before),
    everyOrganization: () => loadEveryOrganization(pool),
    close: async () => {
      await Promise.all([closePool(pool), ledger.close()]);
      await closePool(writers);
    },
  };
}
