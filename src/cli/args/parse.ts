import { parseArgs } from 'node:util';
import type { Context } from '../context';
import type { ExitCode } from '../exit-code';
import type { Command } from './command';
import { suggest } from './suggest';
import { UsageError } from './usage-error';

/** What a command line asks for. */
export type Wish =
  | { readonly kind: 'version' }
  /** Of everything; of a group, `budgets`; of one command. */
  | { readonly kind: 'help'; readonly of: readonly Command[]; readonly group: string | null; readonly isAsked: boolean }
  | { readonly kind: 'run'; readonly command: Command; readonly isJson: boolean; run(context: Context): Promise<ExitCode> };

interface OptionWord {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

const HELP = new Set(['--help', '-h', 'help']);

/** Finds the command and reads its options. Throws UsageError, with what was probably meant. */
export function parse(commands: readonly Command[], args: readonly string[]): Wish {
  const [first, second] = args;
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === undefined || (HELP.has(first) && second === undefined))
    return { kind: 'help', of: commands, group: null, isAsked: first !== undefined };
  // `help budgets put` is `budgets put --help`.
  if (HELP.has(first)) return parse(commands, [...args.slice(1), '--help']);
  const command = commands.find(({ name }) => name === first) ?? commands.find(({ name }) => name === `${first} ${second ?? ''}`);
  if (command === undefined) return groupHelp(commands, first, second);
  return readOptions(command, args.slice(command.name.split(' ').length));
}

function groupHelp(commands: readonly Command[], first: string, second: string | undefined): Wish {
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) {
    const names = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
    throw new UsageError(`There is no command ${quoted(first)}.${meant(first, names)} \`agent-budget --help\` lists them all.`);
  }
  if (second === undefined || HELP.has(second)) return { kind: 'help', of: group, group: first, isAsked: second !== undefined };
  const names = group.map(({ name }) => name.slice(first.length + 1));
  const guess = suggest(second, names);
  const hint = guess === null ? '' : ` Did you mean \`${first} ${guess}\`?`;
  throw new UsageError(`${first} has no command ${quoted(second)}.${hint} It has ${names.join(', ')}.`);
}

function readOptions(command: Command, args: readonly string[]): Wish {
  const { tokens } = parseArgs({ args: [...args], options: optionsOf(command), strict: false, tokens: true, allowPositionals: true });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option') given.set(token.name, [...(given.get(token.name) ?? []), valueOf(command, token)]);
  }
  if (given.has('help')) return { kind: 'help', of: [command], group: null, isAsked: true };
  assertOperands(command, operands);
  return { kind: 'run', command, isJson: given.has('json'), run: command.prepare(given, operands) };
}

function optionsOf({ flags }: Command) {
  const own = Object.entries(flags).map(
    ([name, { placeholder }]) => [name, { type: placeholder === null ? 'boolean' : 'string' }] as const,
  );
  return { ...Object.fromEntries(own), json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
}

// parseArgs' own refusals suggest the wrong thing to somebody who mistyped a name.
function valueOf({ name: commandName, flags }: Command, { name, rawName, value }: OptionWord): string {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined && name !== 'json' && name !== 'help') {
    throw new UsageError(
      `${commandName} has no option ${quoted(rawName)}.${meant(name, [...Object.keys(flags), 'json', 'help'], '--')} See \`agent-budget ${commandName} --help\`.`,
    );
  }
  const placeholder = flag?.placeholder ?? null;
  if (placeholder !== null && (value === undefined || value.startsWith('--'))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${placeholder}.`);
  }
  if (placeholder === null && value !== undefined) throw new UsageError(`${rawName} takes no value.`);
  return value ?? '';
}

function assertOperands({ name, operands }: Command, given: readonly string[]): void {
  const least = operands.filter((operand) => !operand.startsWith('[')).length;
  const isOpen = operands.some((operand) => operand.includes('...'));
  const usage = `Usage: agent-budget ${[name, ...operands].join(' ')}. See \`agent-budget ${name} --help\`.`;
  if (given.length < least) throw new UsageError(`${operands[given.length] ?? ''} is missing. ${usage}`);
  if (given.length > operands.length && !isOpen) throw new UsageError(`${quoted(given[operands.length] ?? '')} is one too many. ${usage}`);
}

function meant(word: string, known: readonly string[], prefix = ''): string {
  const guess = suggest(word, known);
  return guess === null ? '' : ` Did you mean \`${prefix}${guess}\`?`;
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
