import { spawnSync } from 'node:child_process';

/** What curl says of its version; nothing where there is none. */
const SAID = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout as string | null;

/** The pages send bodies by `curl --json`. */
export function assertCurl(said: string | null = SAID): void {
  const [version = 'none', major, minor] = /^curl (\d+)\.(\d+)\S*/.exec(said ?? '') ?? [];
  if (Number(major) * 1_000 + Number(minor) >= 7_082) return;
  throw new Error(`The pages call curl with --json: install curl 7.82 or later to run test/docs. Here is ${version}.`);
}
