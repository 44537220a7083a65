import { readFile, stat } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import type { BudgetStore } from '../../store/budget-store';
import { required, text } from '../args/flag';
import { NotFound } from '../exit-code';
import { UsageError } from '../args/usage-error';

export const organization = required(text('ORG', 'the organization'));

/** The organization that was named, or else all that the ledger knows. */
export async function organizationsOf(store: BudgetStore, named: string | undefined): Promise<readonly string[]> {
  return named === undefined ? store.organizations() : [named];
}

export function notFound(what: string, id: string, organizationId: string): NotFound {
  return new NotFound(
    `Organization ${organizationId} has no ${what} ${JSON.stringify(id)}. \`agent-budget ${what}s list --org ${organizationId}\` shows what it has.`,
  );
}

const LARGEST_BYTES = 2_000_000;

/** JSON as it was written, of a file (`@file`) or of stdin (`-`). Throws UsageError. */
export async function readJson(value: string, name: string): Promise<unknown> {
  const written =
    value === '-' ? await readStream(process.stdin) : value.startsWith('@') ? await readOrRefuse(value.slice(1), name) : value;
  try {
    return JSON.parse(written) as unknown;
  } catch {
    throw new UsageError(`--${name} is no JSON. A text needs its quotes: --${name} '"hello"'. Or name a file: --${name} @input.json.`);
  }
}

async function readOrRefuse(file: string, name: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= LARGEST_BYTES) return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}). --${name} @FILE names a file.`,
    );
  }
  throw new UsageError(`${file} has over ${String(LARGEST_BYTES)} bytes, more than an invocation takes. Send a reference to it.`);
}
