import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { setting } from '../support/setting';
import { freePort } from '../../src/ground/ports';

const ROOT = path.join(__dirname, '../..');
let folder: string;
let kept: string;
let buildInfo: string;

// An installation of its own, whose kept bundle is none: whoever uses it fails at once, and says so.
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-kept-'));
  cpSync(path.join(ROOT, 'dist'), path.join(folder, 'dist'), { recursive: true, preserveTimestamps: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  cpSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  for (const needed of ['src/store/postgres/migrations', 'README.md'])
    cpSync(path.join(ROOT, needed), path.join(folder, needed), { recursive: true });
  kept = path.join(folder, 'dist/workflows/bundle.generated.js');
  buildInfo = path.join(folder, 'dist/.tsbuildinfo');
  mkdirSync(path.dirname(kept), { recursive: true });
  writeFileSync(kept, '// no bundle');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function endOf(command: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    AGENT_BUDGET_DATA: path.join(folder, 'data'),
    AGENT_BUDGET_TASK_QUEUE: path.basename(folder),
    DATABASE_URL: setting('TEST_DATABASE_URL'),
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
    PORT: String(await freePort()),
  };
  const main = path.join(folder, 'dist/src/main.js');
  return promisify(execFile)(process.execPath, [main, command, '--json'], { env, timeout: 25_000 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

test.each(['start', 'worker'])('%s runs the bundle that was kept by a build, or came with the package', async (command) => {
  // A package has no record of its build.
  if (command === 'worker') rmSync(buildInfo);
  else utimesSync(buildInfo, 1, 1);
  expect(await endOf(command)).toMatch(/^Error: .* from the provided Workflow Bundle$/m);
});

test('a bundle that is older than the build is made anew', async () => {
  utimesSync(kept, 1, 1);
  await promisify(execFile)(process.execPath, ['-e', "require('./dist/src/worker/bundle').workflowBundle()"], { cwd: folder });
  expect(readFileSync(kept, 'utf8')).toContain('agentInvocation');
});
