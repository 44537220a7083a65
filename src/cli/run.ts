import { readTerminalSettings, type Environment } from '../config';
import type { Command } from './args/command';
import { helpOf } from './args/help';
import { parse } from './args/parse';
import { COMMANDS } from './commands';
import { openContext } from './context';
import { codeOf, ExitCode, exitCodeOf } from './exit-code';
import { stopped } from '../ground/stopping';
import { createOutput } from './show/output';
import { progressOn } from './show/progress';
import { terminalOf } from './show/terminal';
import { harmless } from './show/text';
import { version } from './version';

/** Where a command line finds its settings, and where it says something, line by line. */
export interface Surroundings {
  /** Default: the process's. */
  readonly env?: Environment;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const OWN: Surroundings = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

/** Follows a command line to its end, and returns the process's exit code. What fails is told on stderr. */
export async function runCommandLine(
  args: readonly string[],
  stopping: AbortSignal,
  { env, out, err }: Surroundings = OWN,
): Promise<ExitCode> {
  // Known before the command line is: a program that misspells an option is told of it as a program.
  const isJson = args.includes('--json');
  let command: Command | null = null;
  try {
    const wish = parse(COMMANDS, args);
    if (wish.kind === 'version') {
      out(version());
      return ExitCode.ok;
    }
    if (wish.kind === 'help') {
      (wish.isAsked ? out : err)(helpOf(wish));
      return wish.isAsked ? ExitCode.ok : ExitCode.usage;
    }
    command = wish.command;
    const output = createOutput(wish.isJson, terminalOf(process.stdout, readTerminalSettings(env)), { out, err });
    const context = openContext({ ...(env && { env }), output, progress: progressOn(process.stderr, wish.isJson), stopping });
    try {
      const running = wish.run(context);
      // A service stops what it has started when it is told to; whatever else waits is left waiting.
      return await (command.isService === true ? running : Promise.race([running, stopped(stopping).then(interrupted)]));
    } finally {
      // What is left waiting has calls under way: a connection that closes makes some throw where nobody catches. The process ends anyway.
      if (!stopping.aborted) await context.close();
    }
  } catch (error) {
    err(isJson && command?.isService !== true ? problemOf(error) : harmless(reasonOf(error)));
    return exitCodeOf(error);
  }
}

function interrupted(): ExitCode {
  return ExitCode.interrupted;
}

function problemOf(error: unknown): string {
  return JSON.stringify({ error: { code: codeOf(error), message: messageOf(error) } });
}

// What the user can mend is one line; anything else is ours, and wants its stack.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isExpected(error) ? messageOf(error) : (error.stack ?? error.message);
}

/** What a fault of ours is called. */
const FAULTS = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

function isExpected(error: Error): boolean {
  return !FAULTS.has(error.name) || exitCodeOf(error) !== ExitCode.failed;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'NamespaceNotFoundError') return `${error.message}. Create it, or set TEMPORAL_NAMESPACE to one that is there.`;
  // The client's own words say nothing of the cause.
  return error.name === 'ServiceError' && error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
