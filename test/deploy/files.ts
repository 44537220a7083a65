import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../src/config';

export const ROOT = path.join(__dirname, '../..');

export const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

// Compose reads YAML 1.2 with the merge keys of 1.1.
export const yamlOf = (file: string): unknown => parse(textOf(file), { merge: true });

type Condition = 'service_healthy' | 'service_completed_successfully';

export interface Service {
  image: string;
  command?: string | string[];
  entrypoint?: string[];
  container_name?: string;
  network_mode?: string;
  restart?: string;
  stop_grace_period?: string;
  read_only?: boolean;
  environment?: Record<string, string | null>;
  depends_on?: Record<string, { condition: Condition }>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
}

export interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

export const compose = (): Compose => yamlOf('docker-compose.yml') as Compose;

export const serviceOf = ({ services }: Compose, name: string): Service => {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
};

/** Our own services: those of our image. */
export const ours = ({ services }: Compose): [string, Service][] =>
  Object.entries(services).filter(([, { image }]) => image.startsWith('agent-budget:'));

export const valueIn = (service: Service, name: string): string => service.environment?.[name] ?? '';

/** A Dockerfile's instructions, each on one line, with its arguments. */
export function instructionsOf(text: string): [name: string, rest: string][] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}

/** Every variable that `readConfig` reads, found by having it read. */
export function variablesRead(): ReadonlySet<string> {
  const names = new Set<string>();
  // Where one is read only if another is set, it is.
  const set: Record<string, string> = {
    OPENAI_BASE_URL: 'https://example.com',
    SMTP_URL: 'smtp://example.com',
    JWKS_URL: 'https://example.com',
    JWT_ISSUER: 'a',
    JWT_AUDIENCE: 'b',
  };
  const recording = new Proxy(set, {
    get: (target, name) => {
      names.add(String(name));
      return target[String(name)];
    },
  });
  readConfig(recording);
  return names;
}
