import { z } from 'zod';
import { id } from '../../contract/schemas/primitives';
import { LAST_INSTANT } from '../../domain/period';
import { MOST_JSON_LEVELS } from '../../domain/plain-json';

/** JSON that is the caller's own, whatever it is. */
export const anyJson = z.unknown().meta({
  description: `Any JSON of which the whole body is at most ${String(MOST_JSON_LEVELS)} levels deep, and in which no field is called __proto__`,
});
export const metadata = z.record(z.string(), z.unknown()).meta({ description: 'A JSON object of at most 4,096 bytes' });
/** An instant that a caller sets. */
export const givenInstant = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) <= LAST_INSTANT, 'must be in the years from 1970 to 9998');
export const instant = z.string().meta({ format: 'date-time' });

/** A model's tokens. */
export const tokenUsage = z.strictObject({
  input_tokens: z.number().int().min(0).max(1e12),
  output_tokens: z.number().int().min(0).max(1e12),
});

/** Whom a call is made for, besides the key's organization. */
export const caller = { team_id: id.optional(), user_id: id.optional() };

export const scope = z.strictObject({
  team_id: id.nullable().default(null),
  user_id: id.nullable().default(null),
  external_agent_id: id.nullable().default(null),
});

/** A whole number among a query's parameters, which are texts: zod would document that null is one too. */
export function wholeInQuery(minimum: number, maximum: number, more: { readonly description: string; readonly default?: number }) {
  return z.coerce
    .number()
    .int()
    .min(minimum)
    .max(maximum)
    .meta({ type: 'integer', minimum, maximum, ...more });
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
