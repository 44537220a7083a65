import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, unpack, type Consumer } from './consumer';
import { ROOT, run } from './pack';

/** The web frameworks that an app may have, with their types: each package, and what package.json calls it. */
export const FRAMEWORKS: readonly (readonly [framework: string, packages: Readonly<Record<string, string>>])[] = [
  ['hono', { hono: 'hono-4.10' }],
  ['express', { express: 'express-4', '@types/express': '@types/express-4' }],
  ['express', { express: 'express-5.1', '@types/express': '@types/express' }],
];

/** Compiles the example of a framework's middleware in an app that has these packages and the packed one, and loads it. */
export async function compileWith(
  { folder, packed }: Consumer,
  framework: string,
  packages: Readonly<Record<string, string>>,
): Promise<void> {
  const app = path.join(folder, packages[framework] ?? framework);
  for (const [name, ours] of Object.entries(packages)) {
    const place = path.join(app, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', ours), place);
  }
  // In our range, so that npm would lay down no second one. The rest of what we need is the folder's above.
  await unpack(folder, packed.filename, path.join(app, 'node_modules/agent-budget'));
  cpSync(path.join(ROOT, `docs/examples/middleware/${framework}.ts`), path.join(app, 'app.ts'));
  const write = (file: string, content: object) => {
    writeFileSync(path.join(app, file), JSON.stringify(content));
  };
  write('package.json', { name: 'app', version: '1.0.0', private: true });
  write('tsconfig.json', { extends: '../tsconfig.json', compilerOptions: { rootDir: '.', outDir: 'dist' }, include: ['app.ts'] });
  await compile(app);
  await run(process.execPath, ['dist/app.js'], { cwd: app });
}
