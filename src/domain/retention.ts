const DAY_MS = 86_400_000;

/**
 * What is younger is never pruned: longer than any two months, so that no week's report, forecast or carry-over that somebody still
 * asks for misses an entry, and no retry of a settled key meets a reduced row.
 */
export const LEAST_RETENTION_DAYS = 62;

/** The latest instant before which something may be pruned at `at` (epoch milliseconds). */
export function latestPruning(at: number): number {
  return prunedBefore(at, LEAST_RETENTION_DAYS);
}

/** The instant before which whatever is kept for so many days is pruned. */
export function prunedBefore(at: number, retentionDays: number): number {
  return at - retentionDays * DAY_MS;
}
