import type { z } from 'zod';
import { DomainError, DomainErrorCode } from '../../domain/errors';

/** Parses what came from outside. Throws InvalidRequest, naming every field that is wrong, never quoting its value. */
export function parse<Schema extends z.ZodType>(schema: Schema, what: string, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.length > 0 ? path.join('.') : what}: ${message}`);
  throw new DomainError(DomainErrorCode.invalidRequest, `${what} is not valid. ${problems.join('; ')}`);
}
