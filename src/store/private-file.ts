import { randomUUID } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { constants, link, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../contract/setup-error';

export interface PrivateFile {
  readonly text: string;
  /** Others could read it until now. */
  readonly wasExposed: boolean;
}

const LARGEST_BYTES = 4_096;
const OTHERS = 0o077;

// Not through a link, which may lead to what is not ours to change, and not waiting for a pipe to be written to.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Reads a small file that only its owner should be able to read, and makes it so; null where there is none. Throws SetupError. */
export function readPrivateFile(file: string): Promise<PrivateFile | null> {
  return orSetupError(file, async () => {
    const handle = await open(file, READ).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (handle === null) return null;
    try {
      return await readHandle(handle, file);
    } finally {
      await handle.close();
    }
  });
}

async function readHandle(handle: FileHandle, file: string): Promise<PrivateFile> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size > LARGEST_BYTES)
    throw new SetupError(`${file} is not a small file. Move it away, or choose another data folder.`);
  // Windows knows other rights, and shows these as open to all.
  const wasExposed = process.platform !== 'win32' && (stats.mode & OTHERS) !== 0;
  if (wasExposed) await handle.chmod(stats.mode & 0o700);
  return { text: (await handle.readFile('utf8')).trim(), wasExposed };
}

/**
 * Makes a file that only its owner can read, whole or not at all: who sees it sees all of it. False where there is one already, of
 * whatever content; nothing is ever written over. Makes the folder too. Throws SetupError.
 */
export function createPrivateFile(file: string, text: string): Promise<boolean> {
  return orSetupError(file, async () => {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const scratch = `${file}.${randomUUID()}`;
    const handle = await open(scratch, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`).then(() => handle.sync());
      await link(scratch, file);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await handle.close();
      await rm(scratch, { force: true });
    }
  });
}

/** Removes the file if that is still its content: meanwhile another process may have put something better there. */
export function removePrivateFile(file: string, text: string): Promise<void> {
  return orSetupError(file, async () => {
    await Promise.resolve();
    try {
      // Both at once: nothing of ours can come between, and little of others'.
      if (readFileSync(file, 'utf8').trim() === text) unlinkSync(file);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  });
}

async function orSetupError<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SetupError) throw error;
    // Without the error's text, which may quote what was written.
    throw new SetupError(`${file} cannot be used (${codeOf(error)}). Its owner must be able to read it and to write to its folder.`);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown cause';
}
