import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, unpack, type Consumer } from './consumer';
import { ROOT, run } from './pack';

type Packages = Readonly<Record<string, string>>;

/** The web frameworks that an app may have, with their types: each package, and what package.json calls it. */
export const FRAMEWORKS: readonly (readonly [framework: string, packages: Packages])[] = [
  ['hono', { hono: 'hono-4.10' }],
  ['express', { express: 'express-4', '@types/express': '@types/express-4' }],
  ['express', { express: 'express-5.1', '@types/express': '@types/express' }],
];

/** Compiles the example of each framework's middleware, in apps that have its packages and the packed one; in one go, which takes half as long. */
export async function compileApps(consumer: Consumer): Promise<void> {
  for (const [framework, packages] of FRAMEWORKS) await layOut(consumer, framework, packages);
  const apps = path.join(consumer.folder, 'apps');
  const compilerOptions = { rootDir: '.', outDir: '.' };
  writeFileSync(
    path.join(apps, 'tsconfig.json'),
    JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['*/app.ts'], exclude: [] }),
  );
  await compile(apps);
}

export async function loadApp(consumer: Consumer, framework: string, packages: Packages): Promise<void> {
  await run(process.execPath, ['app.js'], { cwd: appOf(consumer, framework, packages) });
}

function appOf({ folder }: Consumer, framework: string, packages: Packages): string {
  return path.join(folder, 'apps', packages[framework] ?? framework);
}

async function layOut(consumer: Consumer, framework: string, packages: Packages): Promise<void> {
  const app = appOf(consumer, framework, packages);
  for (const [name, ours] of Object.entries(packages)) {
    const place = path.join(app, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', ours), place);
  }
  // In our range, so that npm would lay down no second one. The rest of what we need is the folder's above.
  await unpack(consumer.folder, consumer.packed.filename, path.join(app, 'node_modules/agent-budget'));
  cpSync(path.join(ROOT, `docs/examples/middleware/${framework}.ts`), path.join(app, 'app.ts'));
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', private: true }));
}
