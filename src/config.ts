import os from 'node:os';
import path from 'node:path';
import { readKeyReferences, type KeyReference } from './contract/key-references';
import { TASK_QUEUE } from './contract/names/workflows';
import { SetupError } from './contract/setup-error';
import { WORKER_LIMITS, type WorkerLimits } from './contract/worker-limits';
import type { WorkerVersion } from './contract/worker-version';
import { assertRetention } from './contract/retention';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says; nothing else reads it. */
export interface Config {
  /** Where the embedded servers keep their state. */
  readonly dataFolder: string;
  /** Where downloaded and compiled tools are kept, for all data folders. */
  readonly cacheFolder: string;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  /** A server to use instead of starting one. */
  readonly temporalAddress: string | null;
  readonly temporalNamespace: string;
  /** The Web UI of a server that is not started here. */
  readonly temporalUiUrl: string | null;
  /** Where this process's worker takes its tasks from, and where what it starts goes. */
  readonly taskQueue: string;
  readonly databaseUrl: string | null;
  /** What payloads in Temporal are encrypted by: the first encrypts, all decrypt; none: they are in clear. */
  readonly encryptionKeys: readonly KeyReference[];
  readonly temporalCliPath: string | null;
  readonly testServerPath: string | null;
  readonly allowPrivateTargets: boolean;
  readonly openai: { readonly baseUrl: string; readonly model: string } | null;
  /** The mail server that alerts are sent by, and as whom. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  readonly http: HttpConfig;
  /** How much this process's worker takes on at once. */
  readonly worker: WorkerLimits;
  /** Which version of the workers this process's is, for Temporal's Worker Versioning; null: it takes tasks of every version. */
  readonly workerVersion: WorkerVersion | null;
  /** How long settled holds, ledger entries and alerts are kept; null: for ever. */
  readonly retentionDays: number | null;
  /** Where the Prometheus metrics of Temporal's SDK and of the worker are served, HOST:PORT; null: nowhere. */
  readonly metricsAddress: string | null;
  readonly searchPath: string;
  /** What secret references (`env:NAME`), of agents and of encryption keys, are looked up in, and what children are started with. */
  readonly environment: Environment;
}

/** Where and how the HTTP API listens. */
export interface HttpConfig {
  readonly host: string;
  /** With 0 the system picks a free one. */
  readonly port: number;
  /** A proxy with TLS stands in front: clients have the address that it adds to X-Forwarded-For. */
  readonly isBehindProxy: boolean;
  /** Of each key: requests a second, and how many at once. */
  readonly rateLimit: { readonly perSecond: number; readonly burst: number };
  /** How long an invocation over HTTP waits for its run's end, unless it is told, and at most. */
  readonly waitSeconds: number;
  readonly longestWaitSeconds: number;
  /** How long an API that is told to stop by SIGTERM goes on answering, not ready any more. */
  readonly drainSeconds: number;
  /** Whose JWTs are taken beside API keys. */
  readonly jwks: { readonly url: string; readonly issuer: string; readonly audience: string } | null;
}

/** Reads the environment. Throws SetupError for what it cannot use. */
export function readConfig(env: Environment = process.env): Config {
  const [baseUrl, smtpUrl] = [checked(env, 'OPENAI_BASE_URL', HTTP_URL), checked(env, 'SMTP_URL', SMTP_URL)];
  return {
    dataFolder: path.resolve(env['AGENT_BUDGET_DATA'] ?? '.agent-budget'),
    cacheFolder: path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'agent-budget'),
    temporalPort: port(env, 'TEMPORAL_PORT', 7233),
    temporalUiPort: port(env, 'TEMPORAL_UI_PORT', 8233),
    temporalAddress: checked(env, 'TEMPORAL_ADDRESS', HOST_AND_PORT),
    temporalNamespace: env['TEMPORAL_NAMESPACE'] ?? 'default',
    temporalUiUrl: checked(env, 'TEMPORAL_UI_URL', HTTP_URL)?.replace(/\/+$/, '') ?? null,
    taskQueue: env['AGENT_BUDGET_TASK_QUEUE'] ?? TASK_QUEUE,
    databaseUrl: checked(env, 'DATABASE_URL', POSTGRES_URL),
    encryptionKeys: keyReferences(env),
    temporalCliPath: env['TEMPORAL_CLI_PATH'] ?? null,
    testServerPath: env['TEMPORAL_TEST_SERVER_PATH'] ?? null,
    allowPrivateTargets: env['AGENT_BUDGET_ALLOW_PRIVATE_TARGETS'] === '1',
    openai: baseUrl === null ? null : { baseUrl, model: env['OPENAI_MODEL'] ?? 'gpt-4o-mini' },
    smtp: smtpUrl === null ? null : { url: smtpUrl, from: env['SMTP_FROM'] ?? 'agent-budget <agent-budget@localhost>' },
    http: readHttp(env),
    worker: readWorker(env),
    workerVersion: readWorkerVersion(env),
    retentionDays: retention(env),
    metricsAddress: address(env, 'AGENT_BUDGET_METRICS_ADDRESS'),
    searchPath: env['PATH'] ?? '',
    environment: env,
  };
}

function readHttp(env: Environment): HttpConfig {
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: port(env, 'PORT', 8080, 0),
    isBehindProxy: env['AGENT_BUDGET_BEHIND_PROXY'] === '1',
    rateLimit: { perSecond: count(env, 'AGENT_BUDGET_RATE_LIMIT', 100), burst: count(env, 'AGENT_BUDGET_RATE_BURST', 200) },
    waitSeconds: count(env, 'AGENT_BUDGET_WAIT_SECONDS', 30),
    longestWaitSeconds: count(env, 'AGENT_BUDGET_LONGEST_WAIT_SECONDS', 300),
    drainSeconds: count(env, 'AGENT_BUDGET_DRAIN_SECONDS', 5, 0),
    jwks: readJwks(env),
  };
}

function readWorker(env: Environment): WorkerLimits {
  const { activities, workflowTasks, polls, cachedRuns } = WORKER_LIMITS;
  return {
    activities: count(env, 'AGENT_BUDGET_WORKER_ACTIVITIES', activities),
    // With one, or one poll, no task would come for a run that is kept in memory; the SDK refuses both.
    workflowTasks: count(env, 'AGENT_BUDGET_WORKER_WORKFLOW_TASKS', workflowTasks, 2),
    polls: count(env, 'AGENT_BUDGET_WORKER_POLLS', polls, 2),
    cachedRuns: count(env, 'AGENT_BUDGET_WORKER_CACHED_RUNS', cachedRuns),
  };
}

function readWorkerVersion(env: Environment): WorkerVersion | null {
  const deploymentName = name(env, 'AGENT_BUDGET_DEPLOYMENT', 'agent-budget', /^(?!__)[\w-]{1,100}$/);
  const buildId = name(env, 'AGENT_BUDGET_BUILD_ID', null, /^(?!__)[\w.-]{1,100}$/);
  return buildId === null ? null : { deploymentName, buildId };
}

// The server takes no dot in a deployment's name, and two underscores at the start of neither.
function name<Fallback extends string | null>(env: Environment, variable: string, fallback: Fallback, taken: RegExp): string | Fallback {
  const value = env[variable];
  if (value === undefined || taken.test(value)) return value ?? fallback;
  const signs = taken.test('.') ? 'letters, digits, dots, dashes' : 'letters, digits, dashes';
  throw new SetupError(
    `${variable} is "${value}". Set it to at most 100 ${signs} and underscores, not two of them first, or leave it out.`,
  );
}

// Without an issuer and an audience, a token that was made for anybody would be believed here.
function readJwks(env: Environment): HttpConfig['jwks'] {
  const { JWKS_URL: url, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  if (url === undefined) return null;
  if (!URL.canParse(url)) throw new SetupError('JWKS_URL is no URL. Set it to where the issuer publishes its keys.');
  if (issuer !== undefined && audience !== undefined) return { url, issuer, audience };
  throw new SetupError(
    'JWKS_URL is set without JWT_ISSUER and JWT_AUDIENCE. Set both: tokens are believed of that issuer, for that audience.',
  );
}

/** What the environment says of colours. */
export interface TerminalSettings {
  readonly noColour: boolean;
  readonly forceColour: boolean;
  readonly isDumb: boolean;
}

export function readTerminalSettings(env: Environment = process.env): TerminalSettings {
  const isSet = (name: string) => (env[name] ?? '') !== '';
  return { noColour: isSet('NO_COLOR'), forceColour: isSet('FORCE_COLOR') && env['FORCE_COLOR'] !== '0', isDumb: env['TERM'] === 'dumb' };
}

function retention(env: Environment): number | null {
  const name = 'AGENT_BUDGET_RETENTION_DAYS';
  const days = env[name] === 'forever' ? null : count(env, name, 400);
  assertRetention(name, days);
  return days;
}

function keyReferences(env: Environment): readonly KeyReference[] {
  const name = 'AGENT_BUDGET_ENCRYPTION_KEYS';
  const list = env[name];
  return list === undefined ? [] : readKeyReferences(name, list);
}

function count<Fallback extends number | null>(
  env: Environment,
  name: string,
  fallback: Fallback,
  least: 0 | 1 | 2 = 1,
): number | Fallback {
  const value = env[name];
  if (value === undefined) return fallback;
  if (/^\d{1,6}$/.test(value) && Number(value) >= least) return Number(value);
  const otherwise = fallback === null ? '' : ` for ${String(fallback)}`;
  throw new SetupError(`${name} is "${value}". Set it to a whole number from ${String(least)} to 999999, or leave it out${otherwise}.`);
}

/** How an address is written. */
interface Notation {
  readonly example: string;
  readonly isMetBy: (value: string) => boolean;
}

const url = (pattern: RegExp) => (value: string) => pattern.test(value) && URL.canParse(value.replace('@/', '@_/'));
// The driver takes any text for a database's address, and then asks the network for a host that nobody named.
const POSTGRES_URL: Notation = {
  example: 'postgresql://user:password@localhost:5432/name',
  isMetBy: url(/^(postgres(ql)?:\/\/|socket:\/)/i),
};
// An @ behind the host: what is taken for the host is part of a password, which failures would show.
const SMTP_URL: Notation = {
  example: 'smtp://user:password@localhost:587',
  isMetBy: url(/^smtps?:\/\/([^/?#@]+([/?#][^@]*)?|[^/?#]*@[^/?#]+.*)$/i),
};
// Without credentials: these are shown, in links and lists.
const HTTP_URL: Notation = { example: 'https://host.example/path', isMetBy: url(/^https?:\/\/[^/?#@]+([/?#]|$)/i) };
const HOST_AND_PORT: Notation = {
  example: 'localhost:7233',
  isMetBy: (value) => /^([^\s/:@[\]]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(value),
};

// Never quoted: there may be a password in it.
function checked(env: Environment, name: string, { example, isMetBy }: Notation): string | null {
  const value = env[name];
  if (value === undefined || isMetBy(value)) return value ?? null;
  throw new SetupError(`${name} is no address that can be used. Set it to one like ${example}, or leave it out.`);
}

function address(env: Environment, name: string): string | null {
  const value = env[name];
  if (value === undefined || /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:]+\]):\d{1,5}$/i.test(value)) return value ?? null;
  throw new SetupError(`${name} is "${value}". Set it to an IP address and a port, like 127.0.0.1:9464.`);
}

function port(env: Environment, name: string, fallback: number, least: 0 | 1 = 1): number {
  const value = env[name];
  if (value === undefined) return fallback;
  if (/^\d{1,5}$/.test(value) && Number(value) >= least && Number(value) <= 65_535) return Number(value);
  throw new SetupError(
    `${name} is "${value}", which is no port. Set it to a number from ${String(least)} to 65535, or leave it out for ${String(fallback)}.`,
  );
}
