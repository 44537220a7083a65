import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../src/cli/run';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Env = Readonly<Record<string, string>>;
export type Fields = Readonly<Record<string, unknown>>;

const MAIN = path.join(__dirname, '../../dist/src/main.js');

/** What would lead a command elsewhere, or colour what it says. */
const OWN = /^(TEST_|AGENT_BUDGET_|TEMPORAL_|SMTP_|OPENAI_|JWKS_|JWT_|DATABASE_URL$|HOST$|PORT$|NO_COLOR$|FORCE_COLOR$|CI$)/;

function environment(env: Env): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name))), ...env };
}

export function spawnCommand(env: Env, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { env: environment(env) });
}

export function endOf(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

/**
 * The command line, with the servers of `env`. What is said in text is said by a process of its own, as a user has it. What is told in
 * JSON is mostly what a test begins with, or looks up: by this process, since starting one takes longer than most commands do.
 */
export function commandLine(env: Env) {
  const run = (args: readonly string[], input = ''): Promise<Ended> => {
    const child = spawnCommand(env, args);
    const ended = endOf(child);
    child.stdin?.end(input);
    return ended;
  };
  const here = async (args: readonly string[]): Promise<Ended> => {
    const [out, err]: [string[], string[]] = [[], []];
    const told = { out: (line: string) => void out.push(`${line}\n`), err: (line: string) => void err.push(`${line}\n`) };
    const code = await runCommandLine(args, new AbortController().signal, { env: environment(env), ...told });
    return { code, out: out.join(''), err: err.join('') };
  };
  return {
    /** In text. */
    run: (...args: string[]) => run(args),
    piped: (input: string, ...args: string[]) => run(args, input),
    /** With --json, when it succeeds: the one document. */
    document: async (...args: string[]): Promise<Fields> => JSON.parse((await succeeded(here, args)).out) as Fields,
    /** With --json, when it succeeds: the objects, one a line. */
    list: async (...args: string[]): Promise<Fields[]> => linesOf((await succeeded(here, args)).out),
    /** With --json, when it fails. */
    problem: async (...args: string[]): Promise<{ code: number | null; error: Fields }> => {
      const { code, err } = await here([...args, '--json']);
      return { code, ...(JSON.parse(err) as { error: Fields }) };
    },
  };
}
export type CommandLine = ReturnType<typeof commandLine>;

export function linesOf(out: string): Fields[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Fields);
}

/** A data folder on which nothing runs. */
export function emptyFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'agent-budget-cli-'));
}

async function succeeded(run: (args: readonly string[]) => Promise<Ended>, args: readonly string[]): Promise<Ended> {
  const ended = await run([...args, '--json']);
  if (ended.code !== 0) throw new Error(`${args.join(' ')} ended with ${String(ended.code)}: ${ended.err}${ended.out}`);
  return ended;
}
