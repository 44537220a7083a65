import type { BudgetStatusPayload } from '../contract/payloads/budget-status';
import type { InvocationReceipt } from '../contract/payloads/invocation';
import type { Colours } from './show/terminal';

export interface Addresses {
  readonly temporal: string;
  readonly namespace: string;
  readonly webUi: string | null;
  readonly database: string;
  readonly api: string;
  /** Where the operator's key is. */
  readonly adminKey: string;
}

/** How `npm start` tells what happens: in lines for people, or one JSON object a line for programs. */
export interface Printer {
  readonly progress: (line: string) => void;
  ready(addresses: Addresses): void;
  budget(status: BudgetStatusPayload): void;
  receipt(receipt: InvocationReceipt, link: string | null): void;
  /** A command that works as it is. */
  example(command: string): void;
  note(line: string): void;
}

type Write = (line: string) => void;

export function jsonPrinter(write: Write): Printer {
  const event = (name: string, fields: object) => {
    write(JSON.stringify({ event: name, ...fields }));
  };
  return {
    progress: (line) => {
      event('progress', { line });
    },
    ready: (addresses) => {
      event('ready', addresses);
    },
    budget: (status) => {
      event('budget', status);
    },
    receipt: (receipt, link) => {
      event('receipt', { ...receipt, link });
    },
    example: (command) => {
      event('example', { command });
    },
    note: (line) => {
      event('note', { line });
    },
  };
}

export function textPrinter(write: Write, colours: Colours): Printer {
  return {
    progress: (line) => {
      write(colours.dim(line));
    },
    ready: ({ temporal, webUi, api }) => {
      const ui = webUi === null ? '' : `, Web UI at ${colours.underline(webUi)}`;
      write(`Ready. HTTP API at ${colours.underline(api)} (reference: ${colours.underline(`${api}/docs`)}), Temporal at ${temporal}${ui}`);
    },
    budget: ({ budgetId, month: { limitUsd, spentUsd, heldUsd, resetsAt } }) => {
      const limit = limitUsd === null ? 'no limit' : `$${String(limitUsd)}`;
      write(`Budget ${colours.bold(budgetId)}: spent $${String(spentUsd)} of ${limit}, held $${String(heldUsd)}, resets ${resetsAt}`);
    },
    receipt: (receipt, link) => {
      write(receiptLine(receipt, colours) + (link === null ? '' : `  ${colours.underline(link)}`));
    },
    example: (command) => {
      write(`Call it over HTTP:\n\n  ${command}\n`);
    },
    note: (line) => {
      write(line);
    },
  };
}

function receiptLine(receipt: InvocationReceipt, colours: Colours): string {
  const { status, agentId, reservedUsd, chargedUsd, usage, grant, denial, error, isUnconfirmed } = receipt;
  const colour = status === 'completed' ? colours.green : status === 'denied' || status === 'failed' ? colours.red : colours.yellow;
  const amounts =
    denial === null ? `reserved $${String(reservedUsd)}, charged $${String(chargedUsd)}${isUnconfirmed ? ' (assumed)' : ''}` : null;
  const tokens = usage === null ? null : `${String(usage.inputTokens)} tokens in, ${String(usage.outputTokens)} out`;
  const words = denial?.reason ?? error?.message ?? (grant === null ? null : grant.warningMessage && colours.yellow(grant.warningMessage));
  return [`${colour(status.padEnd(9))} ${agentId}`, amounts, tokens, words].filter((part) => part !== null && part !== '').join('  ');
}
