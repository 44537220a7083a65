import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, npm, unpack, type Consumer } from './consumer';
import { ROOT } from './pack';

interface Ranges {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The web frameworks that an app may have, with their types. */
export const FRAMEWORKS = [
  ['hono', [`hono@${oldest('hono')}`]],
  ['express', ['express@4.21.2', '@types/express@4.17.25']],
  ['express', ['express@5.1.0', '@types/express@5.0.6']],
] as const;

/**
 * Compiles the example of a framework's middleware in an app that has these versions, with the packed package. False where npm has no
 * way to come by them.
 */
export async function compileWith({ folder, packed }: Consumer, framework: string, versions: readonly string[]): Promise<boolean> {
  const app = path.join(folder, versions[0] ?? framework);
  mkdirSync(app);
  const write = (file: string, content: object) => {
    writeFileSync(path.join(app, file), JSON.stringify(content));
  };
  write('package.json', { name: 'app', version: '1.0.0', private: true });
  if (!(await npm(app, 'install', '--no-package-lock', ...versions))) return false;
  // In our range, so that npm would lay down no second one. The rest of what we need is the folder's above.
  await unpack(folder, packed.filename, path.join(app, 'node_modules/agent-budget'));
  cpSync(path.join(ROOT, `docs/examples/middleware/${framework}.ts`), path.join(app, 'app.ts'));
  write('tsconfig.json', { extends: '../tsconfig.json', include: ['app.ts'] });
  await compile(app);
  return true;
}

/** The oldest version that our range allows. */
function oldest(name: string): string {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Ranges;
  const [first = ''] = /\d+(\.\d+)*/.exec(peerDependencies[name] ?? dependencies[name] ?? '') ?? [];
  const [major = '', minor = '0', patch = '0'] = first.split('.');
  return `${major}.${minor}.${patch}`;
}
