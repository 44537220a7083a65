/** How many objects and arrays may be inside each other. Far more breaks whatever walks JSON by recursion: JSON.stringify, jsonb, zod. */
export const MOST_JSON_LEVELS = 100;

/** What is wrong with a caller's JSON, and where: `input.a.0`. */
export interface JsonOddity {
  readonly path: string;
  readonly message: string;
}

interface Place {
  readonly value: unknown;
  readonly level: number;
  readonly name: string;
  readonly within: Place | null;
}

/**
 * The first thing in a caller's JSON that could not be kept as it is: a nesting that is too deep, or a field `__proto__`, which objects
 * lose when they are copied, so that two different bodies would be one. Null where there is none. Walks without recursion.
 */
export function oddityIn(value: unknown): JsonOddity | null {
  const places: Place[] = [{ value, level: 1, name: '', within: null }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    if (place.value === null || typeof place.value !== 'object') continue;
    if (place.level > MOST_JSON_LEVELS) {
      return { path: pathOf(place), message: `must not be more than ${String(MOST_JSON_LEVELS)} levels deep` };
    }
    for (const [name, field] of Object.entries(place.value)) {
      const inside: Place = { value: field, level: place.level + 1, name, within: place };
      if (name === '__proto__') return { path: pathOf(inside), message: 'is no name that a field can have' };
      if (field !== null && typeof field === 'object') places.push(inside);
    }
  }
  return null;
}

function pathOf(place: Place): string {
  const names: string[] = [];
  for (let at = place; at.within !== null; at = at.within) names.unshift(at.name);
  return names.join('.');
}
