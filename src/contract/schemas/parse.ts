import type { z } from 'zod';
import { DomainError, DomainErrorCode } from '../../domain/errors';
import { oddityIn } from '../../domain/plain-json';

/** Parses what came from outside. Throws InvalidRequest, naming every field that is wrong, never quoting its value. */
export function parse<Schema extends z.ZodType>(schema: Schema, what: string, value: unknown): z.output<Schema> {
  // Before zod, which walks by recursion.
  const oddity = oddityIn(value);
  if (oddity !== null) throw invalid(what, [oddity]);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    what,
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  );
}

function invalid(what: string, problems: readonly { readonly path: string; readonly message: string }[]): DomainError {
  const told = problems.map(({ path, message }) => `${path === '' ? what : path}: ${message}`);
  const [only] = problems;
  const field = problems.length === 1 && only !== undefined && only.path !== '' ? only.path : undefined;
  return new DomainError(DomainErrorCode.invalidRequest, `${what} is not valid. ${told.join('; ')}`, field);
}
