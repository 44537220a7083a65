import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isFull } from '../support/extent';
import { pack, ROOT, run, type Packed } from './pack';

/** A project of somebody else, in a folder of its own, with the packed package installed. */
export interface Consumer {
  readonly folder: string;
  readonly packed: Packed;
  /** By npm; else its packages are ours. */
  readonly isInstalled: boolean;
  remove(): void;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: object;
  readonly peerDependenciesMeta: object;
}

interface Lock {
  readonly packages: Record<string, { readonly dev?: boolean }>;
}

/** Makes the project from test/fixtures/consumer, and compiles it. */
export async function createConsumer(): Promise<Consumer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-consumer-'));
  cpSync(path.join(ROOT, 'test/fixtures/consumer'), folder, { recursive: true });
  const packed = await pack(folder);
  const isInstalled = await install(folder, packed.filename);
  await compile(folder);
  return {
    folder,
    packed,
    isInstalled,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Links what this lockfile names to ours, which takes no time, and finds what our package needs and does not name as an installation does.
 * In its full extent, npm installs it, from its cache before the network; but where neither has it, as on a machine without a network
 * whose packages came another way, which is told.
 */
async function install(folder: string, tarball: string): Promise<boolean> {
  const manifest = read('package.json') as Manifest;
  const lock = read('package-lock.json') as Lock;
  const versions = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => /^@temporalio\/(activity|worker|workflow)$/.test(name)),
  );
  const project = { name: 'consumer', version: '1.0.0', private: true, dependencies: { 'agent-budget': `file:${tarball}`, ...versions } };
  const { version, dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const needed = Object.fromEntries(Object.entries(lock.packages).filter(([name, { dev }]) => name !== '' && dev !== true));
  const own = { version, resolved: `file:${tarball}`, dependencies, peerDependencies, peerDependenciesMeta };
  const packages = { ...needed, '': project, 'node_modules/agent-budget': own };
  write(folder, 'package.json', project);
  write(folder, 'package-lock.json', { ...project, lockfileVersion: 3, requires: true, packages });
  if (isFull) {
    if (await npm(folder, 'ci')) return true;
    console.warn('npm has no network and not all packages in its cache: they are linked to ours, which tests no installation.');
  }
  await link(folder, tarball, Object.keys(needed));
  return false;
}

/** What npm says where it can get at no package, neither here nor elsewhere. */
const NOTHING_TO_GET = /\b(ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/** Whether npm did it; false where it has no way to come by packages. Rejects for whatever else it fails. */
async function npm(folder: string, ...args: readonly string[]): Promise<boolean> {
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=2000', '--fetch-timeout=30000'];
  try {
    await run('npm', [...args, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...patience], { cwd: folder });
    return true;
  } catch (error) {
    if (NOTHING_TO_GET.test((error as { stderr?: string }).stderr ?? '')) return false;
    throw error;
  }
}

async function link(folder: string, tarball: string, needed: readonly string[]): Promise<void> {
  rmSync(path.join(folder, 'node_modules'), { recursive: true, force: true });
  await unpack(folder, tarball, path.join(folder, 'node_modules/agent-budget'));
  for (const name of needed) {
    const target = path.join(ROOT, name);
    // Those inside of others come with them; those of other machines are not here.
    if (name.lastIndexOf('node_modules/') > 0 || !existsSync(target)) continue;
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    symlinkSync(target, path.join(folder, name));
  }
}

/** The package as npm would lay it down. */
export async function unpack(folder: string, tarball: string, where: string): Promise<void> {
  mkdirSync(where, { recursive: true });
  await run('tar', ['-xzf', path.join(folder, tarball), '--strip-components=1', '-C', where]);
}

export async function compile(folder: string): Promise<void> {
  await run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch((error: unknown) => {
    // The compiler complains on stdout.
    throw new Error(`${folder} does not compile: ${(error as { stdout?: string }).stdout ?? String(error)}`);
  });
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(path.join(folder, file), JSON.stringify(content, null, 2));
}
