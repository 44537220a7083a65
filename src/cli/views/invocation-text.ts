import { money, when } from '../show/format';
import { fields, table, type Cell } from '../show/table';
import type { Colours, Terminal } from '../show/terminal';
import { harmless } from '../show/text';
import type { InvocationView } from './invocation-view';

export interface ListedInvocation extends InvocationView {
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export function statusCell(status: string, colours: Colours): Cell {
  const { green, cyan, red, yellow } = colours;
  const colour = new Map([
    ...['completed', 'granted'].map((good) => [good, green] as const),
    ['running', cyan],
    ['denied', red],
    ['failed', red],
  ]);
  return { text: status, colour: colour.get(status) ?? yellow };
}

export function invocationTable(rows: readonly ListedInvocation[], terminal: Terminal): string {
  return table(
    rows,
    [
      { title: 'STARTED', of: (row) => when(row.startedAt), isWhole: true },
      { title: 'STATUS', of: (row) => statusCell(row.status, terminal.colours) },
      { title: 'ORGANIZATION', of: (row) => row.organizationId ?? '' },
      { title: 'AGENT', of: (row) => row.externalAgentId ?? '' },
      { title: 'COST', of: (row) => (row.costUsd === null ? '' : money(row.costUsd)), isRight: true },
      { title: 'INVOCATION', of: (row) => row.invocationId, isWhole: true },
    ],
    terminal,
  );
}

export function invocationText(view: InvocationView, terminal: Terminal): string {
  const { denial, error, usage } = view;
  const assumed = view.isUnconfirmed === true ? ' (assumed)' : '';
  return fields(
    [
      ['Status', statusCell(view.status, terminal.colours)],
      ['Why', denial?.reason ?? null],
      ['Budget', denial && (denial.budget_id ?? 'none')],
      ['Resets', denial && when(denial.resets_at)],
      [
        'Cost',
        view.costUsd === null || denial !== null ? null : `${money(view.costUsd)}${assumed} of ${money(view.reservedUsd ?? 0)} reserved`,
      ],
      ['Tokens', usage && `${String(usage.inputTokens)} in, ${String(usage.outputTokens)} out`],
      ['Warning', view.warningMessage === null ? null : { text: view.warningMessage, colour: terminal.colours.yellow }],
      ['Error', error && `${error.type}: ${error.message}`],
      ['Agent', view.externalAgentId],
      ['Organization', view.organizationId],
      ['Invocation', view.invocationId],
      ['Workflow', view.workflowId],
      ['Web UI', view.webUiLink === null ? null : { text: view.webUiLink, colour: terminal.colours.underline }],
    ],
    terminal,
  );
}

/** What the agent answered: a text as it is, anything else as JSON. */
export function outputText(output: unknown): string {
  return harmless(typeof output === 'string' ? output : JSON.stringify(output, null, 2));
}
