/** It was told to stop before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  /** `by` is the signal that told it; null where there was none. */
  constructor(
    message: string,
    readonly by: NodeJS.Signals | null = null,
  ) {
    super(message);
  }
}

/** For what nobody stops. */
export const NEVER: AbortSignal = new AbortController().signal;

/** What work comes to; once `stopping` aborts, its reason is thrown at once and the work is left to itself. */
export async function unlessStopped<Result>(stopping: AbortSignal, work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  try {
    return await Promise.race([work, stopOf(stopping, over.signal)]);
  } finally {
    over.abort();
  }
}

/** Resolves when `stopping` aborts. */
export function stopped(stopping: AbortSignal): Promise<void> {
  return stopOf(stopping).catch(() => undefined);
}

function stopOf(stopping: AbortSignal, over?: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => {
      reject(stopping.reason as Error);
    };
    if (stopping.aborted) stop();
    else stopping.addEventListener('abort', stop, { once: true, ...(over && { signal: over }) });
  });
}
