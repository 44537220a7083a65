import { open } from 'node:fs/promises';
import { SecretUnavailable } from './errors';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const LONGEST_SECRET_BYTES = 65_536;
/** What fits into an HTTP header. Checked here, because fetch would quote a misfit in its error. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** Whether the text is a reference, `env:NAME` or `file:/PATH`, rather than the secret itself. */
export function isSecretReference(text: string): boolean {
  return text.startsWith('env:') || text.startsWith('file:');
}

/**
 * Reads the secret that `env:NAME` or `file:/PATH` refers to, without the white space around it. Throws SecretUnavailable, which
 * names the reference and never the secret, when it is missing, empty or unfit for a header.
 */
export async function resolveSecret(reference: string, env: Environment): Promise<string> {
  // Not quoted: it may be the secret itself.
  if (!isSecretReference(reference)) throw new SecretUnavailable('A secret must be referred to, by env:NAME or file:/PATH');
  const secret = reference.startsWith('env:') ? variable(env, reference.slice(4)) : await readSecretFile(reference);
  const trimmed = secret?.trim() ?? '';
  if (trimmed === '') throw new SecretUnavailable(`The secret ${reference} is not set, or is empty`);
  if (!HEADER_VALUE.test(trimmed)) throw new SecretUnavailable(`The secret ${reference} has characters that no HTTP header can carry`);
  return trimmed;
}

/** Shorter ones are words of prose, or tell nothing. */
const SHORTEST_PART = 8;

/**
 * The text with every secret in it replaced: providers like to quote the key that they refuse. Of a header such as `Bearer KEY` they
 * quote the key alone, so its parts are secrets too.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => secret.split(/[\s,;:="]+/).filter(({ length }) => length >= SHORTEST_PART));
  // The longest first: one may begin as another does.
  const all = [...secrets, ...parts].sort((one, other) => other.length - one.length);
  return all.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
}

/** What may be a signature or a key in an address, as it is written there and as it is meant. */
export function secretsInQuery(url: string): string[] {
  const { search, searchParams } = new URL(url);
  const written = search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [...searchParams.values(), ...written].filter(({ length }) => length >= SHORTEST_PART);
}

function variable(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

async function readSecretFile(reference: string): Promise<string> {
  try {
    const file = await open(reference.slice('file:'.length));
    try {
      const stats = await file.stat();
      // A device or a pipe would be read for ever.
      if (!stats.isFile() || stats.size > LONGEST_SECRET_BYTES) throw new SecretUnavailable(`The secret ${reference} is not a small file`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SecretUnavailable) throw error;
    const { code = 'unknown cause' } = error as NodeJS.ErrnoException;
    throw new SecretUnavailable(`The secret ${reference} cannot be read (${code})`);
  }
}
