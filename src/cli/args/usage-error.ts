/** A command line that cannot be followed: one line that says why, and how it is written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
