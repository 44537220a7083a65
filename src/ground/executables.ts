import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Log } from './log';
import { SetupError } from '../contract/setup-error';
import { NEVER } from './stopping';

/** One way to come by a tool: its path, or null when this way has none. Throwing says why it failed. */
export interface Way {
  readonly name: string;
  find(): Promise<string | null> | string | null;
}

/** Enough of a reason to recognize it; some name the same address three times. */
const LONGEST_REASON = 160;

/** Goes the ways in order until one leads to the tool. Throws one SetupError that names them all, and says what helps. */
export async function obtain(tool: string, ways: readonly Way[], advice: string, log: Log, stopping: AbortSignal = NEVER): Promise<string> {
  const failures: string[] = [];
  for (const way of ways) {
    try {
      const found = await way.find();
      if (found !== null) {
        log(`${tool}: ${way.name}`);
        return found;
      }
      failures.push(`${way.name}: not there`);
    } catch (error) {
      stopping.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${way.name}: ${reason.slice(0, LONGEST_REASON)}`);
    }
  }
  throw new SetupError(`No way led to the ${tool}. ${advice} Tried ${failures.join('; ')}.`);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export function onPath(name: string, searchPath: string): string | null {
  return (
    searchPath
      .split(path.delimiter)
      .map((folder) => path.join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** The executable in a cache folder; a folder gets its name only once it is complete. */
export function inCache(folder: string, isNamed: (name: string) => boolean): string | null {
  try {
    const name = readdirSync(folder).find((file) => isNamed(file) && isExecutable(path.join(folder, file)));
    return name === undefined ? null : path.join(folder, name);
  } catch {
    return null;
  }
}

/** Fills a cache folder beside its final place, and moves it there whole: what was broken off is never found again. */
export async function fillCache(folder: string, fill: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = `${folder}.${String(process.pid)}`;
  mkdirSync(scratch, { recursive: true });
  try {
    await fill(scratch);
    // A folder that is there by now is as whole, or holds nothing that was of use.
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
