import { invalidField } from '../errors';
import { isStorable } from '../storable';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A JSON object of the caller's own. */
export type Metadata = Readonly<Record<string, Json>>;

/** What a caller notes with a charge. It is kept on the charge's entries, and nobody decides by it. */
export interface EntryNote {
  /** Whether the work succeeded; null where nobody said. */
  readonly executionSuccess: boolean | null;
  readonly metadata: Metadata | null;
}

export const NO_NOTE: EntryNote = { executionSuccess: null, metadata: null };

/** A note is kept once for each budget that a charge counts in. */
const MOST_BYTES = 4_096;
const MOST_LEVELS = 20;

/** Throws InvalidRequest for what could not be kept as it is: no JSON, not well-formed text, too deep, or too long. */
export function assertNote({ executionSuccess, metadata }: EntryNote): void {
  if (executionSuccess !== null && typeof executionSuccess !== 'boolean')
    throw invalidField('executionSuccess', 'must be true, false or null');
  if (metadata === null) return;
  if (!isObject(metadata)) throw invalidField('metadata', 'must be a JSON object');
  assertJson(metadata, 1);
  const bytes = new TextEncoder().encode(JSON.stringify(metadata)).length;
  if (bytes > MOST_BYTES) throw invalidField('metadata', `has ${String(bytes)} bytes of JSON; at most ${String(MOST_BYTES)} are kept`);
}

/** The note as it is kept: a copy, which its caller cannot change any more. */
export function keptNote({ executionSuccess, metadata }: EntryNote): EntryNote {
  return { executionSuccess, metadata: JSON.parse(JSON.stringify(metadata)) as Metadata | null };
}

function assertJson(value: unknown, level: number): void {
  if (level > MOST_LEVELS) throw invalidField('metadata', `must not be more than ${String(MOST_LEVELS)} levels deep`);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (typeof value === 'string') {
    assertStorable(value);
  } else if (Array.isArray(value)) {
    for (const element of value) assertJson(element, level + 1);
  } else if (isObject(value)) {
    for (const [name, field] of Object.entries(value)) {
      assertStorable(name);
      assertJson(field, level + 1);
    }
  } else {
    throw invalidField('metadata', `must be JSON, which has no ${Object.is(value, NaN) ? 'NaN' : typeof value}`);
  }
}

function assertStorable(text: string): void {
  if (!isStorable(text)) throw invalidField('metadata', 'must be well-formed text without NUL');
}

// By what it says of itself: a plain object may come from another realm, whose Object is not this one.
function isObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]' && !('toJSON' in (value as object));
}
