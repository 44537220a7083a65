import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { freePort } from '../../src/ground/ports';
import { emptyFolder } from '../cli/command-line';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { setting } from '../support/setting';
import { assertCurl } from './curl';
import { stepsOf, type Step } from './pages';
import { openShell, type Shell } from './shell';
import { assertShown } from './shown';

/** How a command that stays says that it is up. */
const READY: Readonly<Record<string, RegExp>> = {
  'npm start': /^Up until Ctrl-C\.$/m,
  'npx agent-budget worker': /^Worker ready /m,
  'npx agent-budget api': /^HTTP API at /m,
};

/** What pages call our servers, and what they are called where a test runs them. */
interface Place {
  readonly folder: string;
  readonly shell: Shell;
  /** In what a page says to type, and back in what is printed. */
  readonly names: readonly (readonly [shown: string, real: string])[];
  close(): Promise<void>;
}

/** Servers of one page alone: a database, a namespace, a port. Its shell knows them, unless the page starts them itself. */
async function openPlace(startsItself: boolean): Promise<Place> {
  const folder = emptyFolder();
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'), { template: 'template0' });
  const address = setting('TEST_TEMPORAL_ADDRESS');
  const namespace = await newNamespace(address);
  const port = String(await freePort());
  const own = { PORT: port, TEMPORAL_NAMESPACE: namespace, TEMPORAL_UI_URL: 'http://127.0.0.1:8233' };
  const servers = { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address };
  const shell = openShell(folder, startsItself ? own : { ...own, ...servers }, servers);
  const withoutPassword = databaseUrl.replace(/:[^:@/]+@/, ':***@');
  const names = [
    ['127.0.0.1:8080', `127.0.0.1:${port}`],
    ['postgresql://budget@db.example/budget', databaseUrl],
    ['postgresql://budget@db.example/budget', withoutPassword],
    ['temporal.example:7233', address],
    ['--budgets 10000 --months 3', '--budgets 500 --months 1'],
    ['--lifecycles 10000 --runs 3', '--lifecycles 100 --runs 1'],
    ['--callers 1,16,64,256 --seconds 2 --runs 3', '--callers 4 --seconds 0.1 --runs 1 --warm-up 0.1'],
    ['--rounds 7 --runs 20', '--rounds 1 --runs 4 --concurrency 4'],
    ['faults -- --json', 'faults -- --json --only flush'],
    ['--sizes 1000,100000,5000000', '--sizes 500,1000 --calls 10 --prune-seconds 1'],
    ['/namespaces/default/', `/namespaces/${namespace}/`],
  ] as const;
  const close = async () => {
    await shell.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, shell, names, close };
}

async function newNamespace(address: string): Promise<string> {
  const namespace = `docs-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  const { workflowService: service } = connection;
  await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  const isKnown = () => service.listWorkflowExecutions({ namespace }).then(yes, no);
  await eventually(isKnown, Boolean);
  await connection.close();
  return namespace;
}

const [yes, no] = [() => true, () => false];

/** Does what a page says, block for block, and compares what it shows. */
export async function takeTour(page: string): Promise<void> {
  assertCurl();
  const steps = stepsOf(page);
  const startsItself = steps.some(({ commands }) => servicesIn(commands.text).length > 0);
  const place = await openPlace(startsItself);
  try {
    if (!startsItself && !steps.every(isOnItsOwn)) await serveAll(place, ['npx agent-budget api', 'npx agent-budget worker']);
    for (const step of steps) await take(step, place);
    expect((await place.shell.endServices()).filter((code) => code !== 0)).toEqual([]);
  } finally {
    await place.close();
  }
}

// They start servers of their own, and are done small.
function isOnItsOwn({ commands: { text } }: Step): boolean {
  return /^npm run -s (bench:|faults ).*\n$/.test(text);
}

async function take({ commands: { page, line, text }, shown }: Step, place: Place): Promise<void> {
  const services = servicesIn(text);
  const script = place.names.reduce((changed, [name, real]) => changed.replaceAll(name, real), text);
  let said: string;
  try {
    said = services.length === 0 ? await place.shell.run(script) : await startAnew(place, script);
  } catch (error) {
    throw new Error(`${page}:${String(line)} does not work: ${String(error)}`, { cause: error });
  }
  const printed = place.names.reduce((changed, [name, real]) => changed.replaceAll(real, name), said);
  const isSample = services.includes('npm start');
  // It has a server of its own, where nothing says otherwise.
  if (shown !== null) assertShown(shown, isSample ? printed.replace('temporal.example', '127.0.0.1') : printed, { isSample });
  if (!(shown?.text ?? '').includes('"status": 4')) expect(printed).not.toContain('urn:agent-budget:problem:');
}

/** The commands of a block that stay, beside what it sets before them. What ran until now makes room. */
async function startAnew(place: Place, script: string): Promise<string> {
  expect((await place.shell.endServices()).filter((code) => code !== 0)).toEqual([]);
  const services = servicesIn(script);
  await place.shell.run(
    `${script
      .split('\n')
      .filter((line) => !services.includes(line))
      .join('\n')}\ntrue`,
  );
  return serveAll(place, services);
}

async function serveAll({ shell }: Place, services: readonly string[]): Promise<string> {
  return (await Promise.all(services.map((command) => shell.serve(command, READY[command] ?? /never/)))).join('');
}

function servicesIn(script: string): string[] {
  return script.split('\n').filter((line) => line in READY);
}
