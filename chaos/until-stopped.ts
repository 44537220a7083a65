/** Aborted by a signal that asks us to end, so that nothing that runs is left behind; the second of a kind ends us as ever. */
export function untilStopped(): AbortSignal {
  const isStopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      isStopped.abort(new Error(`Ended by ${name}`));
    });
  }
  return isStopped.signal;
}
