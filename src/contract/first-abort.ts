const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>();

/**
 * AbortSignal.any, whose time-outs come. A signal of AbortSignal.any does not keep those that it is made of, and neither does the timer of
 * AbortSignal.timeout: once the garbage is collected, who waits for it waits for ever (Node 20).
 */
export function firstAbort(signals: readonly AbortSignal[]): AbortSignal {
  const first = AbortSignal.any([...signals]);
  sources.set(first, signals);
  return first;
}
