/** The pause that a `Retry-After` header asks for (seconds or an HTTP date), at most `longestMs`; null when it names none. */
export function retryAfterMs(headers: Headers, nowMs: number, longestMs: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1_000), longestMs);
  // Date.parse takes much that is no date, such as `-5`; HTTP dates begin with the day's name.
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(0, date - nowMs), longestMs);
}
