import { readConfig } from '../../src/config';
import { SetupError } from '../../src/contract/setup-error';
import { WORKER_LIMITS } from '../../src/contract/worker-limits';

test.each([
  ['DATABASE_URL', 'not a url'],
  ['DATABASE_URL', ''],
  ['DATABASE_URL', 'localhost:5432/s3cret'],
  ['DATABASE_URL', 'mysql://me:s3cret@localhost/name'],
  ['DATABASE_URL', 'postgresql://me:s3cret@host:port/name'],
  ['SMTP_URL', 'me:s3cret@localhost'],
  ['SMTP_URL', 'http://me:s3cret@localhost'],
  ['SMTP_URL', 'smtp://me:12/s3cret@localhost'],
  ['SMTP_URL', 'smtp://'],
  ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
  ['TEMPORAL_ADDRESS', ''],
  ['TEMPORAL_ADDRESS', 'local host:7233'],
  ['TEMPORAL_ADDRESS', 'localhost:7233x'],
  ['TEMPORAL_UI_URL', 'localhost:8233'],
  ['OPENAI_BASE_URL', 'localhost:4000/v1'],
  ['OPENAI_BASE_URL', 'https://'],
  ['OPENAI_BASE_URL', 'https://me:s3cret@localhost:4000/v1'],
])('%s=%j is refused by its name, and not repeated', (name, value) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(SetupError);
  expect(read).toThrow(new RegExp(`^${name} is no address that can be used\\. Set it to one like \\w+.*, or leave it out\\.$`));
  if (value.includes('s3cret')) expect(read).not.toThrow(/s3cret/);
});

test.each([
  ['DATABASE_URL', 'postgresql://me:s3cret@localhost:5432/name?sslmode=require'],
  ['DATABASE_URL', 'postgres:///name?host=/run/postgresql&user=me@tenant'],
  ['DATABASE_URL', 'postgresql://me:s3cret@/name?host=/run/postgresql'],
  ['DATABASE_URL', 'socket:/run/postgresql?db=name'],
  ['SMTP_URL', 'smtps://me%40acme.example:s3cret@mail.example:465?pool=true'],
  ['SMTP_URL', 'smtp://localhost'],
  ['TEMPORAL_ADDRESS', 'temporal.example:7233'],
  ['TEMPORAL_ADDRESS', '[::1]:7233'],
  ['TEMPORAL_ADDRESS', 'temporal_frontend'],
  ['TEMPORAL_UI_URL', 'http://localhost:8233'],
  ['OPENAI_BASE_URL', 'http://localhost:4000/v1'],
])('%s=%j is taken as it is', (name, value) => {
  expect(JSON.stringify(readConfig({ [name]: value }))).toContain(JSON.stringify(value));
});

test('a worker takes on what it is told to', () => {
  const env = {
    AGENT_BUDGET_WORKER_ACTIVITIES: '1',
    AGENT_BUDGET_WORKER_WORKFLOW_TASKS: '2',
    AGENT_BUDGET_WORKER_POLLS: '3',
    AGENT_BUDGET_WORKER_CACHED_RUNS: '4',
  };
  expect(readConfig(env).worker).toEqual({ activities: 1, workflowTasks: 2, polls: 3, cachedRuns: 4 });
  expect(readConfig({}).worker).toEqual(WORKER_LIMITS);
});

test.each([
  ['AGENT_BUDGET_WORKER_ACTIVITIES', '0', 1, ' for 500'],
  ['AGENT_BUDGET_WORKER_ACTIVITIES', '', 1, ' for 500'],
  ['AGENT_BUDGET_WORKER_ACTIVITIES', '1e3', 1, ' for 500'],
  ['AGENT_BUDGET_WORKER_WORKFLOW_TASKS', '1', 2, ' for 100'],
  ['AGENT_BUDGET_WORKER_POLLS', '1', 2, ' for 10'],
  ['AGENT_BUDGET_WORKER_POLLS', '-2', 2, ' for 10'],
  ['AGENT_BUDGET_WORKER_CACHED_RUNS', 'many', 1, ''],
])('%s=%j is refused, with what may be set', (name, value, least, byDefault) => {
  const problem = `${name} is "${value}". Set it to a whole number from ${String(least)} to 999999, or leave it out${byDefault}.`;
  expect(() => readConfig({ [name]: value })).toThrow(new SetupError(problem));
});

test.each([
  [undefined, 400],
  ['62', 62],
  ['3650', 3650],
  ['forever', null],
])('AGENT_BUDGET_RETENTION_DAYS=%j keeps %j days', (value, days) => {
  expect(readConfig(value === undefined ? {} : { AGENT_BUDGET_RETENTION_DAYS: value }).retentionDays).toBe(days);
});

test.each(['61', '0', '-1', '1.5', 'for ever', ''])('AGENT_BUDGET_RETENTION_DAYS=%j is refused', (value) => {
  const read = () => readConfig({ AGENT_BUDGET_RETENTION_DAYS: value });
  expect(read).toThrow(SetupError);
  expect(read).toThrow('AGENT_BUDGET_RETENTION_DAYS');
});
