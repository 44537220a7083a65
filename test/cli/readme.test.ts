import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setting } from '../support/harness';
import { ownLedger, type OwnLedger } from './own-ledger';
import { startWorker, type ServerProcess } from './server-support';

jest.setTimeout(90_000);

const ROOT = path.join(__dirname, '../..');

let ledger: OwnLedger;
let worker: ServerProcess;
let env: Record<string, string>;
beforeAll(async () => {
  ledger = await ownLedger();
  env = {
    AGENT_BUDGET_DATA: ledger.folder,
    AGENT_BUDGET_TASK_QUEUE: `readme-${randomUUID()}`,
    DATABASE_URL: ledger.databaseUrl,
    TEMPORAL_ADDRESS: setting('TEST_TEMPORAL_ADDRESS'),
  };
  worker = await startWorker(env);
});
afterAll(async () => {
  await worker.end('SIGTERM');
  await ledger.close();
});

/** The lines of the first block of commands in a section of the README. */
function commandsOf(section: string): string[] {
  const text = readFileSync(path.join(ROOT, 'README.md'), 'utf8').split(`\n## ${section}\n`)[1] ?? '';
  return (/```sh\n([^]*?)```/.exec(text)?.[1] ?? '').trim().split('\n');
}

function inShell(script: string): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', script], { cwd: ROOT, env: { ...process.env, ...env } }, (failure, stdout, stderr) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1, out: stdout + stderr });
    });
  });
}

test('the tour of the README does what it says', async () => {
  const said: string[] = [];
  for (const line of commandsOf('On the command line')) {
    // As npx would, but for the seconds that it takes to find us.
    const { code, out } = await inShell(line.replace('npx agent-budget', `"${process.execPath}" dist/src/main.js`));
    expect([line, code, out]).toEqual([line, 0, out]);
    said.push(out);
  }
  const [budget, , invoked, denied, raised, listed, entries, runs, key, audited, examined] = said;
  expect(budget).toMatch(/^Monthly +\$20\.00/m);
  expect(invoked).toMatch(/^Status +completed$/m);
  expect(denied).toMatch(
    /^Status +denied\nWhy +Daily budget exceeded\. Remaining: \$0\.50, Requested: \$0\.70\nBudget +acme-monthly\nResets +20/,
  );
  expect(denied).toMatch(/\nexit code 3\n$/);
  expect(raised).toMatch(/^Raise +\$50\.00 a month, \$5\.00 a day until 20/m);
  expect(listed).toMatch(/^acme +acme-monthly +all calls +\$0\.40 +\$0\.00 +\$70\.00/m);
  expect(entries).toMatch(/ charge +acme-monthly +\$0\.40 /);
  expect(runs).toMatch(/^(No invocations\.|STARTED)/);
  expect(key).toMatch(/^Token, shown this once: ab_/);
  expect(audited).toBe('Every balance of 1 organization is proven.\n');
  expect(examined).toMatch(/\nNothing fails\.\n$/);
});
