import type { Budget } from '../../domain/budget';
import type { BudgetStore } from '../../store/budget-store';
import { changeBudget } from '../../store/change-budget';
import { budgetStatus } from '../../store/reports';
import { command } from '../args/command';
import { text } from '../args/flag';
import type { Context } from '../context';
import { ExitCode } from '../exit-code';
import { budgetTable, budgetText, type ListedBudget } from '../views/budget-text';
import { budgetView } from '../views/budget-view';
import { statusText } from '../views/status-text';
import { statusView } from '../views/status-view';
import { budgetFlags, budgetWith } from './budget-flags';
import { raise } from './budgets-raise';
import { entries, statements } from './budget-reports';
import { notFound, organization, organizationsOf } from './common';

const list = command({
  name: 'budgets list',
  summary: 'budgets, and how their months stand',
  flags: { org: text('ORG', 'of this organization only') },
  examples: [['agent-budget budgets list --org acme', 'what is spent, held and left']],
  run: async (context, { org }) => {
    const store = await context.store();
    const rows = await context.progress('Reading the budgets', () => listed(store, org));
    context.output.list(rows, (terminal) => (rows.length === 0 ? 'No budgets.' : budgetTable(rows, terminal)));
    return ExitCode.ok;
  },
});

const show = command({
  name: 'budgets show',
  summary: 'what a budget limits, and how',
  operands: ['BUDGET'],
  flags: { org: organization },
  examples: [['agent-budget budgets show acme-monthly --org acme', 'its scope, limits and alerts']],
  run: async (context, { org }, [budgetId = '']) => {
    const budget = await (await context.store()).budget(org, budgetId);
    if (budget === undefined) throw notFound('budget', budgetId, org);
    showBudget(context, budget);
    return ExitCode.ok;
  },
});

const put = command({
  name: 'budgets put',
  summary: 'make a budget, or change what is named of one',
  operands: ['BUDGET'],
  flags: { org: organization, ...budgetFlags },
  examples: [
    [
      'agent-budget budgets put acme-monthly --org acme --monthly 100 --daily 10 --timezone Europe/Berlin',
      'counts from the next reserve on',
    ],
    ['agent-budget budgets put acme-monthly --org acme --daily none', 'takes one limit away, and leaves the rest'],
    ['agent-budget budgets put ada --org acme --user ada --monthly 20 --email ada@acme.example --thresholds 0.5,1', 'with alerts'],
  ],
  notes: ['0 is a limit, none is no limit. What was spent stays spent. A new zone or anchor day counts when the running month ends.'],
  run: async (context, { org, ...given }, [budgetId = '']) => {
    const store = await context.store();
    const kept = await changeBudget(store, Date.now, async () => {
      const existing = await store.budget(org, budgetId);
      return { budget: budgetWith(given, org, budgetId, existing), replaces: existing ?? null };
    });
    showBudget(context, kept);
    if (Object.values(kept.limits).every((limit) => limit === null))
      context.output.note('It has no limit yet: it counts, and denies nothing.');
    return ExitCode.ok;
  },
});

const remove = command({
  name: 'budgets remove',
  summary: 'remove a budget: it limits no call any more; its ledger stays',
  operands: ['BUDGET'],
  flags: { org: organization },
  examples: [['agent-budget budgets remove acme-monthly --org acme', 'its statements and entries can still be read']],
  run: async (context, { org }, [budgetId = '']) => {
    if (!(await (await context.store()).removeBudget(org, budgetId, Date.now()))) throw notFound('budget', budgetId, org);
    context.output.document({ organizationId: org, budgetId, isRemoved: true }, () => `Removed ${budgetId}.`);
    return ExitCode.ok;
  },
});

const status = command({
  name: 'budgets status',
  summary: 'how a budget stands: month, day, week, forecast',
  operands: ['BUDGET'],
  flags: { org: organization },
  examples: [['agent-budget budgets status acme-monthly --org acme --json | jq .month.available_usd', 'what is left']],
  run: async (context, { org }, [budgetId = '']) => {
    const found = await budgetStatus(await context.store(), org, budgetId, Date.now());
    if (found === null) throw notFound('budget', budgetId, org);
    context.output.document(statusView(found), (terminal) => statusText(found, terminal));
    return ExitCode.ok;
  },
});

export const budgets = [list, show, put, remove, status, entries, statements, raise];

async function listed(store: BudgetStore, org: string | undefined): Promise<ListedBudget[]> {
  const rows: ListedBudget[] = [];
  const at = Date.now();
  for (const organizationId of await organizationsOf(store, org)) {
    for (const budget of await store.budgets(organizationId)) {
      const stands = await budgetStatus(store, organizationId, budget.budgetId, at);
      rows.push({ ...budgetView(budget), month: stands?.month ?? null });
    }
  }
  return rows;
}

function showBudget({ output }: Context, budget: Budget): void {
  const view = budgetView(budget);
  output.document(view, (terminal) => budgetText(view, terminal));
}
