import { agentDefinition, type AgentDefinition } from '../../contract/schemas/agent';
import { parse } from '../../contract/schemas/parse';
import type { Balance } from '../../domain/balance';
import { assertPolicy } from '../../domain/assert-budget';
import { DEFAULT_POLICY, type Budget, type OrganizationPolicy } from '../../domain/budget';
import {
  applyBatch,
  check,
  isOverdue,
  type Changes,
  type Hold,
  type HoldLine,
  type PruneMark,
  type Rows,
  type StoredEntry,
  type Summary,
} from '../../domain/ledger';
import { applies, assertId } from '../../domain/scope';
import { budgetOperations, type BudgetStore, type HoldWindow } from '../budget-store';
import type { StoredAlert } from '../alert-store';
import { createNews } from '../news';
import { memoryAlerts, type Sender, type Told } from './alerts';
import { figuresOf } from './figures';
import { writeHappenings } from './happenings';
import { memoryKeys } from './keys';
import { looseEndsOf } from './loose-ends';
import { chargedOf, closableOf, zonesOf } from './periods';
import { hasPrunable, prunableOf, writePruned } from './prune';

/** One organization's rows. */
export interface Shelf {
  policy: OrganizationPolicy;
  readonly budgets: Map<string, Budget>;
  readonly agents: Map<string, AgentDefinition>;
  readonly balances: Map<string, Balance[]>;
  readonly holds: Map<string, Hold>;
  /** The holds that still hold: what overdue ones are looked for among. */
  readonly open: Map<string, Hold>;
  entries: StoredEntry[];
  lastEntryId: number;
  /** Of what was pruned, and how far that went. */
  summaries: readonly Summary[];
  pruneMark: PruneMark;
  /** By identity. */
  readonly happenings: Map<string, Told>;
  readonly alerts: Map<number, StoredAlert>;
  /** By budget. */
  readonly senders: Map<string, Sender>;
  /** Budgets with the addresses that their receivers disabled. */
  readonly disabled: Set<string>;
}

/** A ledger in this process's memory, for tests and trials: it forgets when the process ends. */
export function createMemoryStore(): BudgetStore {
  const shelves = new Map<string, Shelf>();
  const news = createNews();

  function shelfOf(organizationId: string): Shelf {
    const shelf = shelves.get(organizationId) ?? emptyShelf();
    shelves.set(organizationId, shelf);
    return shelf;
  }

  const applyOne: BudgetStore['applyBatch'] = async (organizationId, operations) => {
    await Promise.resolve();
    // Synchronous from here to its answer, so two batches never interleave.
    assertId('organizationId', organizationId);
    const shelf = shelfOf(organizationId);
    const { outcomes, changes } = applyBatch(rowsOf(organizationId, shelf), operations);
    const toTell = write(shelf, changes);
    news.tell(organizationId, toTell);
    return outcomes;
  };

  return {
    applyBatch: applyOne,
    check: async (request) => {
      await Promise.resolve();
      const { organizationId } = request.call;
      return check(rowsOf(organizationId, shelves.get(organizationId) ?? emptyShelf()), request);
    },
    ...budgetOperations(applyOne),
    ...memoryAlerts(shelfOf, shelves),
    onNews: news.on,
    ...memoryKeys(),
    putPolicy: async (organizationId, policy) => {
      await Promise.resolve();
      assertPolicy(policy);
      shelfOf(organizationId).policy = policy;
    },
    putAgent: async (organizationId, agent) => {
      await Promise.resolve();
      const definition = parse(agentDefinition, 'The agent', agent);
      shelfOf(organizationId).agents.set(definition.agentId, definition);
    },
    removeAgent: (organizationId, agentId) => Promise.resolve(shelfOf(organizationId).agents.delete(agentId)),
    organizations: () => Promise.resolve([...shelves.keys()].sort()),
    budgets: (organizationId) => Promise.resolve(budgetsOf(shelfOf(organizationId))),
    budget: (organizationId, budgetId) => Promise.resolve(shelfOf(organizationId).budgets.get(budgetId)),
    balances: (organizationId, budgetId, since) => Promise.resolve(balancesSince(shelfOf(organizationId), budgetId, since)),
    agent: (organizationId, agentId) => Promise.resolve(shelfOf(organizationId).agents.get(agentId)),
    agents: (organizationId) => Promise.resolve([...shelfOf(organizationId).agents.values()]),
    hold: (organizationId, key) => Promise.resolve(shelfOf(organizationId).holds.get(key)),
    largestHolds: (organizationId, window, most) => Promise.resolve(largestOf(shelfOf(organizationId), window).slice(0, most)),
    entries: (organizationId, budgetId, after, most) => Promise.resolve(entriesOf(shelfOf(organizationId), budgetId, after, most)),
    sweepableOrganizations: (at) =>
      Promise.resolve([...shelves].filter(([, shelf]) => overdueOf(shelf, at).length > 0).map(([organizationId]) => organizationId)),
    prunableOrganizations: (at, before) =>
      Promise.resolve([...shelves].filter(([, shelf]) => hasPrunable(shelf, at, before)).map(([organizationId]) => organizationId)),
    zonesInUse: () => Promise.resolve(zonesOf([...shelves.values()])),
    closableBudgets: (timeZone, at, after, most) => Promise.resolve(closableOf(shelves, timeZone, at, after).slice(0, most)),
    chargedIn: (organizationId, budgetId, period) => Promise.resolve(chargedOf(shelfOf(organizationId), budgetId, period)),
    auditFigures: (organizationId) => Promise.resolve(figuresOf(shelfOf(organizationId))),
    looseEnds: (organizationId, before) => Promise.resolve(looseEndsOf(shelfOf(organizationId), before)),
    everyOrganization: () => Promise.resolve([...shelves.keys()].sort()),
    close: () => Promise.resolve(),
  };
}

function emptyShelf(): Shelf {
  return {
    policy: DEFAULT_POLICY,
    budgets: new Map(),
    agents: new Map(),
    balances: new Map(),
    holds: new Map(),
    open: new Map(),
    entries: [],
    lastEntryId: 0,
    summaries: [],
    pruneMark: { hold: null, entryId: null },
    happenings: new Map(),
    alerts: new Map(),
    senders: new Map(),
    disabled: new Set(),
  };
}

function rowsOf(organizationId: string, shelf: Shelf): Rows {
  const budgets = budgetsOf(shelf);
  return {
    organizationId,
    policy: shelf.policy,
    budgets: (call) => budgets.filter((budget) => applies(budget.scope, call)),
    budget: (budgetId) => shelf.budgets.get(budgetId),
    balances: (budgetId, since) => balancesSince(shelf, budgetId, since),
    hold: (key) => shelf.holds.get(key),
    overdue: (at, most) => overdueOf(shelf, at).slice(0, most),
    prunable: (before, most) => prunableOf(shelf, before, most),
  };
}

function budgetsOf(shelf: Shelf): readonly Budget[] {
  return [...shelf.budgets.values()].sort((a, b) => (a.budgetId < b.budgetId ? -1 : 1));
}

function balancesSince(shelf: Shelf, budgetId: string, since: number): readonly Balance[] {
  const rows = shelf.balances.get(budgetId) ?? [];
  const first = rows.findLastIndex(({ period }) => period.start <= since);
  return rows.slice(Math.max(0, first));
}

function overdueOf(shelf: Shelf, at: number): readonly Hold[] {
  return [...shelf.open.values()]
    .filter((hold) => isOverdue(hold, at))
    .sort((a, b) => a.expiresAt - b.expiresAt || (a.key < b.key ? -1 : 1));
}

function largestOf(shelf: Shelf, window: HoldWindow): readonly Hold[] {
  return [...shelf.open.values()]
    .filter(({ lines }) => lines.some((line) => isIn(line, window)))
    .sort((a, b) => b.heldMicroUsd - a.heldMicroUsd || (a.key < b.key ? -1 : 1));
}

function isIn({ budgetId, periodStart, dayStart }: HoldLine, window: HoldWindow): boolean {
  return budgetId === window.budgetId && ('periodStart' in window ? periodStart === window.periodStart : dayStart === window.dayStart);
}

function entriesOf({ entries }: Shelf, budgetId: string | null, after: number, most: number): StoredEntry[] {
  const page: StoredEntry[] = [];
  for (const entry of entries) {
    if (page.length === most) break;
    if (entry.entryId > after && (budgetId === null || entry.budgetId === budgetId)) page.push(entry);
  }
  return page;
}

/** Returns the budgets that have something new to tell. */
function write(shelf: Shelf, { budgets, holds, balances, entries, happenings, pruned }: Changes): readonly string[] {
  for (const [budgetId, budget] of budgets) {
    if (budget === null) shelf.budgets.delete(budgetId);
    else shelf.budgets.set(budgetId, budget);
  }
  for (const hold of holds) {
    shelf.holds.set(hold.key, hold);
    if (hold.state === 'held') shelf.open.set(hold.key, hold);
    else shelf.open.delete(hold.key);
  }
  for (const balance of balances) {
    const others = (shelf.balances.get(balance.budgetId) ?? []).filter(({ period }) => period.start !== balance.period.start);
    shelf.balances.set(
      balance.budgetId,
      [...others, balance].sort((a, b) => a.period.start - b.period.start),
    );
  }
  for (const entry of entries) {
    shelf.lastEntryId += 1;
    shelf.entries.push({ ...entry, entryId: shelf.lastEntryId });
  }
  writePruned(shelf, pruned);
  return writeHappenings(shelf, happenings);
}
