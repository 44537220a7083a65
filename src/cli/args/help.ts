import { EXIT_CODES } from '../exit-code';
import type { Command } from './command';
import type { Wish } from './parse';

const JSON_FLAG = ['--json', 'for programs: one JSON document, of a list one object a line; stable names'] as const;
const HELP_FLAG = ['-h, --help', 'this text'] as const;

/** The help that was asked for. */
export function helpOf({ of, group }: Extract<Wish, { kind: 'help' }>): string {
  const [only] = of;
  if (of.length === 1 && only !== undefined && group === null) return commandHelp(only);
  const title = group === null ? 'agent-budget: budgets for AI agents that hold, on Temporal' : `agent-budget ${group}`;
  return [
    title,
    '',
    `Usage: agent-budget ${group ?? ''}${group === null ? '' : ' '}COMMAND [OPTIONS]`,
    '',
    'Commands:',
    ...columns(of.map((command) => [callOf(command), command.summary])),
    '',
    ...(group === null ? REACH : []),
    `Every command takes --json and --help (with examples). Exit codes: ${EXIT_CODES}.`,
  ].join('\n');
}

const REACH = [
  'Commands reach the ledger at DATABASE_URL and Temporal at TEMPORAL_ADDRESS, else the servers of the `agent-budget start` that runs',
  'on AGENT_BUDGET_DATA (.agent-budget). What goes through workers takes AGENT_BUDGET_TASK_QUEUE. Amounts are USD.',
  '',
];

function commandHelp(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, { placeholder, text }]): readonly [string, string] => [
    `--${name}${placeholder === null ? '' : ` ${placeholder}`}`,
    text,
  ]);
  return [
    `agent-budget ${command.name}: ${command.summary}`,
    '',
    `Usage: agent-budget ${callOf(command)} [OPTIONS]`,
    '',
    'Options:',
    ...columns([...flags, JSON_FLAG, HELP_FLAG]),
    '',
    ...(command.notes === undefined ? [] : [...command.notes, '']),
    'Examples:',
    ...command.examples.flatMap(([line, meaning]) => [`  ${line}`, ...(meaning === '' ? [] : [`      ${meaning}`])]),
    '',
    `Exit codes: ${EXIT_CODES}.`,
  ].join('\n');
}

function callOf({ name, operands }: Command): string {
  return [name, ...operands].join(' ');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
