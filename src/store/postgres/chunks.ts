/** How many rows one statement writes: what an outage left overdue may be more than a statement can write in its time. */
const MOST_ROWS = 1_000;

export function* chunksOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += MOST_ROWS) yield rows.slice(start, start + MOST_ROWS);
}
