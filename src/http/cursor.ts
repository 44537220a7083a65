import { z } from 'zod';
import { id } from '../contract/schemas/primitives';
import { invalidRequest } from './problem';
import { wholeInQuery } from './schemas/common';

/** A page of a list, and where the next one begins; null at the end. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

export const pageQuery = z.strictObject({
  cursor: z.string().min(1).max(1_000).optional().meta({ description: 'The next_cursor of the page before' }),
  limit: wholeInQuery(1, 200, { description: 'How many there are on a page', default: 50 }).default(50),
});

/** Names the last item of a page by what the list is sorted by, so that what is added meanwhile moves nothing. */
export function cursorAfter(...place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Reads a cursor that `cursorAfter` made of a place of that form; null for none. Throws a 400 for any other text. */
export function placeIn<Schema extends z.ZodType>(cursor: string | undefined, schema: Schema): z.output<Schema> | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalidRequest({ path: 'cursor', message: 'is not one that this list gave out' });
  }
}

/** A page of at most `limit` of `found`, which was asked for one more than that. */
export function pageOf<Item, Shown>(
  found: readonly Item[],
  limit: number,
  show: (item: Item) => Shown,
  placeOf: (item: Item) => readonly (string | number)[],
): Page<Shown> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(show), next_cursor: found.length > limit && last !== undefined ? cursorAfter(...placeOf(last)) : null };
}

/** A page of a list that is had as a whole, by its items' names: ids, or instants. */
export function pageByName<Item, Shown>(
  all: readonly Item[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  show: (item: Item) => Shown,
  nameOf: (item: Item) => string,
): Page<Shown> {
  const after = placeIn(cursor, z.tuple([id]))?.[0] ?? '';
  const rest = all.filter((item) => nameOf(item) > after).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return pageOf(rest, limit, show, (item) => [nameOf(item)]);
}
