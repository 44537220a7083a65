import type { AgentDefinition } from '../contract/schemas/agent';
import type { Balance } from '../domain/balance';
import type { Budget, OrganizationPolicy } from '../domain/budget';
import type { AnswerOf, Hold, Operation, Outcome } from '../domain/ledger';
import type { AuditFigures } from './audit';

/** Where the ledger lives. Every store answers alike: each decides by the same pure operations. */
export interface BudgetStore {
  /**
   * Applies operations on one organization's ledger, in order, in one transaction. A refused operation fails alone.
   * Rejects with InvalidRequest for an id that is none, and with LedgerUnavailable when the store cannot tell whether it did; every operation may then be sent again.
   */
  applyBatch(organizationId: string, operations: readonly Operation[]): Promise<readonly Outcome[]>;

  /** Effective on the very next reserve, in every worker. Throws InvalidRequest or InvalidAmount for what cannot be kept. */
  putBudget(budget: Budget): Promise<void>;
  putPolicy(organizationId: string, policy: OrganizationPolicy): Promise<void>;
  putAgent(organizationId: string, agent: AgentDefinition): Promise<void>;

  organizations(): Promise<readonly string[]>;
  budgets(organizationId: string): Promise<readonly Budget[]>;
  /** A budget's rows by time, from the one that contains `since` (or else the last before it) on. */
  balances(organizationId: string, budgetId: string, since: number): Promise<readonly Balance[]>;
  agent(organizationId: string, agentId: string): Promise<AgentDefinition | undefined>;
  agents(organizationId: string): Promise<readonly AgentDefinition[]>;
  hold(organizationId: string, key: string): Promise<Hold | undefined>;
  /** The organizations that an `expire` at `at` has work in. */
  sweepableOrganizations(at: number): Promise<readonly string[]>;
  auditFigures(organizationId: string): Promise<readonly AuditFigures[]>;

  close(): Promise<void>;
}

/** Applies one operation: a batch of one. Throws the DomainError that refused it. */
export async function perform<Kind extends Operation['kind']>(
  store: Pick<BudgetStore, 'applyBatch'>,
  organizationId: string,
  operation: Extract<Operation, { kind: Kind }>,
): Promise<AnswerOf[Kind]> {
  const [outcome] = await store.applyBatch(organizationId, [operation]);
  if (outcome === undefined) throw new Error('The store answered nothing');
  if (!outcome.ok) throw outcome.error;
  return outcome.answer as AnswerOf[Kind];
}
