import { accessSync, constants, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Log } from './log';
import { SetupError } from '../contract/setup-error';

/** One way to come by a tool: its path, or null when this way has none. Throwing says why it failed. */
export interface Way {
  readonly name: string;
  find(): Promise<string | null> | string | null;
}

/** Goes the ways in order until one leads to the tool. Throws one SetupError that names them all. */
export async function obtain(tool: string, ways: readonly Way[], log: Log): Promise<string> {
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
      failures.push(`${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new SetupError(`No way led to the ${tool}. Tried ${failures.join('; ')}.`);
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
  await fill(scratch);
  renameSync(scratch, folder);
}
