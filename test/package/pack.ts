import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const ROOT = path.join(__dirname, '../..');

export interface Packed {
  readonly filename: string;
  /** Bytes, packed. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` makes of the tree as `npm test` has built it (building again would pull it from under other tests), and of its bundle. */
export async function pack(destination: string): Promise<Packed> {
  await run('npm', ['run', '--silent', 'build:workflows'], { cwd: ROOT });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack said nothing of a package: ${stdout}`);
  return packed;
}
