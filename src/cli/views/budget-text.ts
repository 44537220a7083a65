import type { WindowPayload } from '../../contract/payloads/budget-status';
import { counted, money, moneyOr, percent, when } from '../show/format';
import { fields, table, type Cell } from '../show/table';
import type { Terminal } from '../show/terminal';
import type { BudgetView } from './budget-view';
import { scopeText } from './scope-view';

export interface ListedBudget extends BudgetView {
  readonly month: WindowPayload | null;
}

/** Budgets with how their months stand. */
export function budgetTable(rows: readonly ListedBudget[], terminal: Terminal): string {
  return table(
    rows,
    [
      { title: 'ORGANIZATION', of: (row) => row.organizationId },
      { title: 'BUDGET', of: (row) => row.budgetId },
      { title: 'FOR', of: (row) => scopeText(row.scope) },
      { title: 'SPENT', of: (row) => (row.month === null ? '' : money(row.month.spentUsd)), isRight: true },
      { title: 'HELD', of: (row) => (row.month === null ? '' : money(row.month.heldUsd)), isRight: true },
      { title: 'LIMIT', of: (row) => moneyOr('none', row.month?.limitUsd ?? null), isRight: true },
      { title: 'USED', of: (row) => usageCell(row.month?.usage ?? null, row, terminal), isRight: true },
      { title: 'MODE', of: (row) => row.enforcementMode },
      { title: 'RESETS', of: (row) => when(row.month?.resetsAt ?? null), isWhole: true },
    ],
    terminal,
  );
}

/** All that a budget says. */
export function budgetText(view: BudgetView, terminal: Terminal): string {
  const { webhookUrl, emailRecipients, thresholds } = view.alerts;
  return fields(
    [
      ['Budget', view.budgetId],
      ['Organization', view.organizationId],
      ['For', scopeText(view.scope)],
      ['Monthly', `${moneyOr('no limit', view.monthlyBudgetUsd)}, ${executionsText(view.monthlyExecutionLimit)}`],
      ['Daily', `${moneyOr('no limit', view.dailyBudgetUsd)}, ${executionsText(view.dailyExecutionLimit)}`],
      ['Raise', view.raise && `${raiseText(view.raise)} until ${when(view.raise.until)}`],
      ['Mode', view.enforcementMode],
      ['Warns, degrades', `${percent(view.warningThreshold)}, ${percent(view.degradationThreshold)}`],
      ['Months', `from day ${String(view.anchorDay)}, ${view.timezone}, ${String(view.rolloverPercent)} % carried over`],
      ['Webhook', webhookUrl ? shownUrl(webhookUrl) : null],
      ['Emails', emailRecipients === undefined || emailRecipients.length === 0 ? null : emailRecipients.join(', ')],
      ['Thresholds', thresholds === undefined ? null : thresholds.map(percent).join(', ')],
    ],
    terminal,
  );
}

/** The usage, coloured by what it has reached. */
export function usageCell(
  usage: number | null,
  { warningThreshold, degradationThreshold }: { warningThreshold: number; degradationThreshold: number },
  { colours }: Terminal,
): Cell {
  const text = percent(usage);
  if (usage === null || usage < warningThreshold) return { text };
  return { text, colour: usage >= degradationThreshold ? colours.red : colours.yellow };
}

function executionsText(limit: number | null): string {
  return limit === null ? 'any number of runs' : counted(limit, 'run');
}

function raiseText(raise: NonNullable<BudgetView['raise']>): string {
  const { monthlyUsd, dailyUsd, monthlyExecutions, dailyExecutions } = raise;
  const parts = [
    monthlyUsd > 0 ? `${money(monthlyUsd)} a month` : null,
    dailyUsd > 0 ? `${money(dailyUsd)} a day` : null,
    monthlyExecutions > 0 ? `${counted(monthlyExecutions, 'run')} a month` : null,
    dailyExecutions > 0 ? `${counted(dailyExecutions, 'run')} a day` : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

// A webhook's path is what lets anybody post to it.
function shownUrl(url: string): string {
  return url.startsWith('http') && URL.canParse(url) ? new URL(url).origin : url;
}
