import { z } from 'zod';
import { LARGEST_COST_USD, LARGEST_LIMIT_USD } from '../../domain/money';

// Not `.` and `..`: no URL can have them as a segment.
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,200}$/;
const named = () => z.string().regex(NAME, 'must have 1 to 200 characters of A-Z a-z 0-9 . _ : @ -, and be neither . nor ..');

/** An id of an organization, team, user, agent or budget. */
export const id = named();

/** A caller's own key. */
export const key = named();

/** How long a hold may live without a sign of life: a second to 31 days. */
export const ttlMs = z
  .number()
  .int()
  .min(1_000)
  .max(31 * 86_400_000);

/** A non-negative amount of USD that fits the ledger (2^53 micro-USD). zod refuses NaN and infinities by itself. */
export const usd = z.number().min(0).max(9_007_199_254);

/** What one call costs, or is estimated at, in USD. */
export const costUsd = z.number().min(0).max(LARGEST_COST_USD);

/** A limit in USD. */
export const limitUsd = z.number().min(0).max(LARGEST_LIMIT_USD);

// NUL and halves of characters cannot be stored, and no name of anything has the rest.
const ODD_CHARACTER = /[\p{Cc}\p{Cs}]/u;

function isPlain(text: string): boolean {
  return !ODD_CHARACTER.test(text);
}

const PLAIN = 'must be well-formed text without control characters';

/** A name that somebody else gave, or a path into his answers. */
export function text({ least = 0, most }: { readonly least?: number; readonly most: number }) {
  return z.string().min(least).max(most).refine(isPlain, PLAIN);
}

/** Where a secret is found: an environment variable or a file. Never the secret itself. */
export const secretReference = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/, 'must be env:NAME or file:/PATH')
  .refine(isPlain, PLAIN);

/** An HTTP address. Credentials in it would show in errors and lists; secrets are referred to instead. */
export const endpoint = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine(isPlain, PLAIN)
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', 'must not contain credentials');
