/**
 * Works with a signal that aborts with the first of `signals`, for as long as the work takes. In the place of AbortSignal.any, which in
 * Node 20 does not keep a time-out that it is made of (collected, it never comes), and is itself kept for good by who listens to it.
 */
export async function withFirstAbort<Result>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const first = new AbortController();
  const stops = signals.map((signal) => {
    const abort = () => {
      first.abort(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return () => {
      signal.removeEventListener('abort', abort);
    };
  });
  try {
    return await work(first.signal);
  } finally {
    for (const stop of stops) stop();
  }
}
