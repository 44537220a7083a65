import type { AgentDefinition } from '../contract/schemas/agent';
import type { BudgetReference, ZoneInUse } from '../contract/payloads/reset';
import type { Balance, Period } from '../domain/balance';
import type { Budget, OrganizationPolicy } from '../domain/budget';
import type { Decision } from '../domain/decision';
import type { AnswerOf, Check, Hold, Line, Operation, Outcome, StoredEntry } from '../domain/ledger';
import type { MicroUsd } from '../domain/money';
import type { AlertStore } from './alert-store';
import type { AuditFigures } from './audit';
import type { KeyStore } from './key-store';
import type { LooseEnds } from './loose-ends';

/** A month of a budget, or a day, by the instant at which it began. */
export type HoldWindow = Pick<Line, 'budgetId'> & (Pick<Line, 'periodStart'> | Pick<Line, 'dayStart'>);

/** Where the ledger lives. Every store answers alike: each decides by the same pure operations. */
export interface BudgetStore extends AlertStore, KeyStore {
  /**
   * Applies operations on one organization's ledger, in order, in one transaction. A refused operation fails alone.
   * Rejects with InvalidRequest for an id that is none, and with LedgerUnavailable when the store cannot tell whether it did; every operation may then be sent again.
   */
  applyBatch(organizationId: string, operations: readonly Operation[]): Promise<readonly Outcome[]>;

  /**
   * What a reserve would be answered. It writes nothing, and keeps nobody waiting. Rejects with InvalidRequest or InvalidAmount
   * for what no reserve takes, and with LedgerUnavailable when the store cannot tell: never with an "allowed".
   */
  check(request: Check): Promise<Decision>;

  /**
   * Makes or changes a budget at `at` (epoch milliseconds); what it spent stays. Limits and raises are effective on the very next
   * reserve, in every worker; a zone or an anchor day when the running period ends. Returns what is kept: a raise that was to
   * last for the period has its end. Throws InvalidRequest or InvalidAmount for what cannot be kept, and BudgetChanged where the budget
   * is no longer what it `replaces` (null: where there is one). See changeBudget.
   */
  putBudget(budget: Budget, at: number, replaces?: Budget | null): Promise<Budget>;
  /**
   * From then on the budget limits no call; its periods are closed as they end. False where there was none. Throws BudgetChanged where it
   * is no longer what was `seen`.
   */
  removeBudget(organizationId: string, budgetId: string, at: number, seen?: Budget): Promise<boolean>;
  putPolicy(organizationId: string, policy: OrganizationPolicy): Promise<void>;
  putAgent(organizationId: string, agent: AgentDefinition): Promise<void>;
  /** From then on it cannot be invoked; what it spent, and budgets on it, stay. False where there was none. */
  removeAgent(organizationId: string, agentId: string): Promise<boolean>;

  organizations(): Promise<readonly string[]>;
  budgets(organizationId: string): Promise<readonly Budget[]>;
  budget(organizationId: string, budgetId: string): Promise<Budget | undefined>;
  /** A budget's rows by time, from the one that contains `since` (or else the last before it) on. */
  balances(organizationId: string, budgetId: string, since: number): Promise<readonly Balance[]>;
  agent(organizationId: string, agentId: string): Promise<AgentDefinition | undefined>;
  agents(organizationId: string): Promise<readonly AgentDefinition[]>;
  hold(organizationId: string, key: string): Promise<Hold | undefined>;
  /** The open holds that count in a budget's month, or in a day of it: the largest first, at most `most`. */
  largestHolds(organizationId: string, window: HoldWindow, most: number): Promise<readonly Hold[]>;
  /** Entries of a budget (null: of the whole organization, unbudgeted ones too) in the order of writing: after `after`, at most `most`. Pruned ones are gone. */
  entries(organizationId: string, budgetId: string | null, after: number, most: number): Promise<readonly StoredEntry[]>;
  /** The organizations that an `expire` at `at` has work in. */
  sweepableOrganizations(at: number): Promise<readonly string[]>;
  /** The organizations that a `prune` at `at` of what is from before `before` may have work in. */
  prunableOrganizations(at: number, before: number): Promise<readonly string[]>;
  /** Every zone in which periods run or wait to be closed, with the anchor days of its budgets. */
  zonesInUse(): Promise<readonly ZoneInUse[]>;
  /** Budgets with a period of the zone that ended by `at` and is not closed: in order, after `after`, at most `most`. */
  closableBudgets(timeZone: string, at: number, after: BudgetReference | null, most: number): Promise<readonly BudgetReference[]>;
  /** What a budget was charged from `period.start` to before `period.end`, whichever month it counts in. */
  chargedIn(organizationId: string, budgetId: string, period: Period): Promise<MicroUsd>;
  auditFigures(organizationId: string): Promise<readonly AuditFigures[]>;
  /** What has not ended, or contradicts itself, and what of the outbox nobody has sent that waits since before `before`. For an audit: it reads all holds. */
  looseEnds(organizationId: string, before: number): Promise<LooseEnds>;
  /** Every organization that the ledger or the outbox has something of, also where its own row is gone. For an audit. */
  everyOrganization(): Promise<readonly string[]>;

  /** Waits for what was asked before. What is asked afterwards rejects with LedgerClosed. */
  close(): Promise<void>;
}

/** The parts of a store that are operations of the ledger, each a batch of one. */
export function budgetOperations(applyBatch: BudgetStore['applyBatch']): Pick<BudgetStore, 'putBudget' | 'removeBudget'> {
  return {
    putBudget: (budget, at, replaces) =>
      perform({ applyBatch }, budget.scope.organizationId, {
        kind: 'putBudget',
        budget,
        at,
        ...(replaces !== undefined && { replaces }),
      }),
    removeBudget: async (organizationId, budgetId, at, seen) =>
      (await perform({ applyBatch }, organizationId, { kind: 'removeBudget', budgetId, at, ...(seen !== undefined && { seen }) }))
        .isRemoved,
  };
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
