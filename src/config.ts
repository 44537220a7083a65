import os from 'node:os';
import path from 'node:path';
import { TASK_QUEUE } from './contract/names/workflows';
import { SetupError } from './contract/setup-error';

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
  /** Where this process's worker takes its tasks from, and where what it starts goes. */
  readonly taskQueue: string;
  readonly databaseUrl: string | null;
  readonly temporalCliPath: string | null;
  readonly testServerPath: string | null;
  readonly allowPrivateTargets: boolean;
  readonly openai: { readonly baseUrl: string; readonly model: string } | null;
  /** The mail server that alerts are sent by, and as whom. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  readonly searchPath: string;
  /** What secret references of agents (`env:NAME`) are looked up in, and what children are started with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment. Throws SetupError for what it cannot use. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  port(env, 'PORT', 8080); // checked now, so that a typo shows at once; the HTTP edge will listen there
  return {
    dataFolder: path.resolve(env['AGENT_BUDGET_DATA'] ?? '.agent-budget'),
    cacheFolder: path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'agent-budget'),
    temporalPort: port(env, 'TEMPORAL_PORT', 7233),
    temporalUiPort: port(env, 'TEMPORAL_UI_PORT', 8233),
    temporalAddress: env['TEMPORAL_ADDRESS'] ?? null,
    temporalNamespace: env['TEMPORAL_NAMESPACE'] ?? 'default',
    taskQueue: env['AGENT_BUDGET_TASK_QUEUE'] ?? TASK_QUEUE,
    databaseUrl: env['DATABASE_URL'] ?? null,
    temporalCliPath: env['TEMPORAL_CLI_PATH'] ?? null,
    testServerPath: env['TEMPORAL_TEST_SERVER_PATH'] ?? null,
    allowPrivateTargets: env['AGENT_BUDGET_ALLOW_PRIVATE_TARGETS'] === '1',
    openai: env['OPENAI_BASE_URL'] === undefined ? null : { baseUrl: env['OPENAI_BASE_URL'], model: env['OPENAI_MODEL'] ?? 'gpt-4o-mini' },
    smtp:
      env['SMTP_URL'] === undefined ? null : { url: env['SMTP_URL'], from: env['SMTP_FROM'] ?? 'agent-budget <agent-budget@localhost>' },
    searchPath: env['PATH'] ?? '',
    environment: env,
  };
}

/** What the environment says of colours. */
export interface TerminalSettings {
  readonly noColour: boolean;
  readonly forceColour: boolean;
  readonly isDumb: boolean;
}

export function readTerminalSettings(env: Readonly<Record<string, string | undefined>> = process.env): TerminalSettings {
  const isSet = (name: string) => (env[name] ?? '') !== '';
  return { noColour: isSet('NO_COLOR'), forceColour: isSet('FORCE_COLOR') && env['FORCE_COLOR'] !== '0', isDumb: env['TERM'] === 'dumb' };
}

function port(env: Readonly<Record<string, string | undefined>>, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined) return fallback;
  if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535) return Number(value);
  throw new SetupError(
    `${name} is "${value}", which is no port. Set it to a number from 1 to 65535, or leave it out for ${String(fallback)}.`,
  );
}
