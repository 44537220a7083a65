import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './child';

export function rememberPid(file: string, pid: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, String(pid));
}

export function forgetPid(file: string): void {
  rmSync(file, { force: true });
}

/** The process that a file names, if it lives and is what we started, not another that got its number since. */
export function recallPid(file: string, commandContains: string): number | null {
  const pid = Number(readOr(file, ''));
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  const command = readOr(`/proc/${String(pid)}/cmdline`, commandContains);
  return command.includes(commandContains) ? pid : null;
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
