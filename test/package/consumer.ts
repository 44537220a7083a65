import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pack, ROOT, run, type Packed } from './pack';

/** A project of somebody else, in a folder of its own, with the packed package installed. */
export interface Consumer {
  readonly folder: string;
  readonly packed: Packed;
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
  await install(folder, packed.filename);
  await run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  return {
    folder,
    packed,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * By npm, without a network: whoever ran `npm ci` here has all that this lockfile names in npm's cache. Where the packages came
 * another way, they are linked to ours.
 */
async function install(folder: string, tarball: string): Promise<void> {
  const manifest = read('package.json') as Manifest;
  const lock = read('package-lock.json') as Lock;
  const versions = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => /^@temporalio\/(activity|worker|workflow)$/.test(name)),
  );
  const project = { name: 'consumer', version: '1.0.0', private: true, dependencies: { 'agent-budget': `file:${tarball}`, ...versions } };
  const { version, dependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const packages = {
    ...Object.fromEntries(Object.entries(lock.packages).filter(([, { dev }]) => dev !== true)),
    '': project,
    'node_modules/agent-budget': { version, resolved: `file:${tarball}`, dependencies, peerDependencies, peerDependenciesMeta },
  };
  write(folder, 'package.json', project);
  write(folder, 'package-lock.json', { ...project, lockfileVersion: 3, requires: true, packages });
  try {
    await run('npm', ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  } catch {
    await link(folder, tarball);
  }
}

async function link(folder: string, tarball: string): Promise<void> {
  const modules = path.join(folder, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(path.join(modules, 'agent-budget'), { recursive: true });
  await run('tar', ['-xzf', path.join(folder, tarball), '--strip-components=1', '-C', path.join(modules, 'agent-budget')]);
  for (const name of readdirSync(path.join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(path.join(folder, file), JSON.stringify(content, null, 2));
}
