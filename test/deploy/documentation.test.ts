import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/cli/commands';
import { readConfig } from '../../src/config';
import { compose, ours, ROOT, textOf, variablesRead } from './files';

const guide = textOf('docs/deployment.md');
const readme = textOf('README.md');
const { services } = compose();

/** For the servers that a process starts by itself, and its sample: not of a deployment. */
const OF_DEVELOPMENT = [
  ...['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_CLI_PATH', 'TEMPORAL_TEST_SERVER_PATH'],
  ...['OPENAI_BASE_URL', 'OPENAI_MODEL', 'PATH', 'XDG_CACHE_HOME'],
];

const rows = [...guide.matchAll(/^\| `([A-Z_]+)` +\| (?:`(.*?)`)? *\| (.*?) *\|$/gm)].map(([, name = '', byDefault = '', what = '']) => ({
  name,
  byDefault,
  what,
}));

const commandsIn = (text: string) =>
  [...text.matchAll(/docker compose [^\n`]+/g)].map(([line]) => line.replace(/ #.*/, '').split(' ').slice(2));

test('the guide has every variable that a deployment reads, and no other', () => {
  const read = [...variablesRead()].filter((name) => !OF_DEVELOPMENT.includes(name));
  expect(rows.map(({ name }) => name).sort()).toEqual(read.sort());
});

test('the guide says the defaults that there are', () => {
  const { http, worker, taskQueue, temporalNamespace, dataFolder, smtp, retentionDays } = readConfig({ SMTP_URL: 'smtp://example.com' });
  const defaults: Record<string, unknown> = {
    TEMPORAL_NAMESPACE: temporalNamespace,
    AGENT_BUDGET_TASK_QUEUE: taskQueue,
    AGENT_BUDGET_DATA: path.relative('', dataFolder),
    HOST: http.host,
    PORT: http.port,
    AGENT_BUDGET_RATE_LIMIT: http.rateLimit.perSecond,
    AGENT_BUDGET_RATE_BURST: http.rateLimit.burst,
    AGENT_BUDGET_WAIT_SECONDS: http.waitSeconds,
    AGENT_BUDGET_LONGEST_WAIT_SECONDS: http.longestWaitSeconds,
    AGENT_BUDGET_DRAIN_SECONDS: http.drainSeconds,
    AGENT_BUDGET_DEPLOYMENT: readConfig({ AGENT_BUDGET_BUILD_ID: '1' }).workerVersion?.deploymentName,
    SMTP_FROM: smtp?.from,
    AGENT_BUDGET_WORKER_ACTIVITIES: worker.activities,
    AGENT_BUDGET_WORKER_WORKFLOW_TASKS: worker.workflowTasks,
    AGENT_BUDGET_WORKER_POLLS: worker.polls,
    AGENT_BUDGET_RETENTION_DAYS: retentionDays,
  };
  const told = rows.filter(({ byDefault }) => byDefault !== '').map(({ name, byDefault }) => [name, byDefault] as const);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, String(value)])));
});

test('the guide marks what compose sets, and the rest is handed on from .env', () => {
  const environments = ours(compose()).map(([, { environment = {} }]) => environment);
  const values = (name: string) => environments.filter((one) => name in one).map((one) => one[name]);
  expect(rows.filter(({ name }) => values(name).length === 0)).toEqual([]);
  const fixed = rows.filter(({ name }) => values(name).every((value) => value !== null && !value?.includes(`\${${name}`)));
  expect(fixed.map(({ name }) => name)).toEqual(rows.filter(({ what }) => what.endsWith('set by compose')).map(({ name }) => name));
});

test.each([
  ['docs/deployment.md', guide],
  ['README.md', readme],
])('the commands of %s are of services and commands that there are', (_file, text) => {
  for (const words of commandsIn(text)) {
    for (const scaled of words.join(' ').matchAll(/--scale (\w+)=/g)) expect(Object.keys(services)).toContain(scaled[1]);
    if (words[0] !== 'exec') continue;
    const [service = '', program, ...rest] = words.slice(1).filter((word) => word !== '-T');
    expect(Object.keys(services)).toContain(service);
    if (program === 'agent-budget')
      expect(COMMANDS.map(({ name }) => name).filter((name) => rest.join(' ').startsWith(name))).not.toEqual([]);
  }
});

test('the guide brings it up, scales it, and finds the key where the API keeps it', () => {
  const lines = commandsIn(guide).map((words) => words.join(' '));
  expect(lines).toEqual(
    expect.arrayContaining([
      'up --detach --build',
      'up --detach --scale worker=4',
      `exec api cat ${services['api']?.environment?.['AGENT_BUDGET_DATA'] ?? ''}/admin-key`,
    ]),
  );
});

test('the README says how to bring them up and how to scale, and where more is', () => {
  expect(readme).toContain('docker compose up --detach');
  expect(readme).toContain('--scale worker=');
  expect(readme).toContain('docs/deployment.md');
});

test('the addresses of the guide are those that are published', () => {
  const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((port) => port.split(':')[1] ?? ''));
  const told = [...guide.matchAll(/^\| http:\/\/localhost:(\d+) /gm)].map(([, port = '']) => port);
  expect(told.sort()).toEqual(published.sort());
});

test('the links of the guide lead somewhere', () => {
  const targets = [...guide.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(targets.filter((target) => !existsSync(path.join(ROOT, 'docs', target)))).toEqual([]);
});

const blocksIn = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

test('the overrides that the guide shows are of services that there are', () => {
  const overrides = blocksIn('yaml').map((text) => parse(text) as { services: Record<string, unknown> });
  expect(overrides).not.toEqual([]);
  for (const override of overrides) expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(override.services)));
});

test('the proxy that the guide shows asks the port of the API, and hides its metrics', () => {
  const [proxy = ''] = blocksIn('caddyfile');
  expect(proxy).toContain('respond /metrics 404');
  const [published = ''] = (services['api']?.ports ?? []).map((port) => port.split(':').slice(0, 2).join(':'));
  expect(proxy).toContain(`reverse_proxy ${published}`);
});
