import type { Context } from '../context';
import type { ExitCode } from '../exit-code';
import type { Flag, Flags, ValuesOf } from './flag';

/** How a command is called, and what it does. */
export interface CommandDefinition<Own extends Flags> {
  /** One word or two: `start`, `budgets put`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name, each as it is shown: `AGENT`, `[BUDGET]` where it may be left out, `[ORG...]` for any number. */
  readonly operands?: readonly string[];
  readonly flags?: Own;
  /** It runs until it is stopped. What it says is events and lines, also when it fails. */
  readonly isService?: boolean;
  /** Each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** What else there is to know. */
  readonly notes?: readonly string[];
  run(context: Context, values: ValuesOf<Own>, operands: readonly string[]): Promise<ExitCode>;
}

/** A command with its values read by its own flags: what is left is to call it. */
export interface Command extends Omit<CommandDefinition<Flags>, 'run'> {
  readonly flags: Flags;
  readonly operands: readonly string[];
  /** Reads the values, and returns what runs with them. Throws UsageError. */
  prepare(given: ReadonlyMap<string, readonly string[]>, operands: readonly string[]): (context: Context) => Promise<ExitCode>;
}

export function command<Own extends Flags>(definition: CommandDefinition<Own>): Command {
  const { operands = [], ...rest } = definition;
  const flags = definition.flags ?? ({} as Own);
  return {
    ...rest,
    flags,
    operands,
    prepare: (given, words) => {
      const read = ([name, flag]: [string, Flag<unknown>]) => [name, flag.read(given.get(name) ?? [], name)] as const;
      const values = Object.fromEntries(Object.entries(flags).map(read)) as ValuesOf<Own>;
      return (context) => definition.run(context, values, words);
    },
  };
}
