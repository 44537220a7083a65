/** Why a message did not arrive, and what is to be done. Its text names origins at most: paths, queries and secrets stay out. */
export class NotifyFailure extends Error {
  override readonly name = 'NotifyFailure';
  /** False: the same message would fail in the same way again. */
  readonly isRetryable: boolean;
  /** The pause that the receiver asked for; null when it named none. */
  readonly retryAfterMs: number | null;
  /** The receiver has gone for good: send nothing more to it until somebody configures it anew. */
  readonly disables: boolean;

  constructor(message: string, details: { isRetryable: boolean; retryAfterMs?: number | null; disables?: boolean }) {
    super(message);
    this.isRetryable = details.isRetryable;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.disables = details.disables ?? false;
  }
}

/** Something that only a change of configuration mends. */
export function misconfigured(message: string): NotifyFailure {
  return new NotifyFailure(message, { isRetryable: false });
}
