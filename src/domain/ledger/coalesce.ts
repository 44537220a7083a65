import type { Happening } from './happening';

/** What tells two happenings apart. */
export function identityOf({ budgetId, what, window, kind, windowStart, threshold, sequence }: Happening): string {
  return [budgetId, what, window, kind, windowStart, threshold, sequence].join(' ');
}

/** One happening for each identity. */
export function coalesced(happenings: readonly Happening[]): Happening[] {
  const found = new Map<string, Happening>();
  for (const happening of happenings) {
    const first = found.get(identityOf(happening));
    found.set(identityOf(happening), first === undefined ? happening : joined(first, happening));
  }
  return [...found.values()];
}

/** Two of one identity: as with the second, and so many more. */
export function joined(first: Happening, second: Happening): Happening {
  return { ...second, sequence: first.sequence, count: first.count + second.count };
}
