/** Shows one line to whoever waits. */
export type Log = (line: string) => void;

/** Does `work`, and says every few seconds that it is still at it when it takes more than a second. */
export async function withProgress<Result>(log: Log, doing: string, work: () => Promise<Result>): Promise<Result> {
  const began = Date.now();
  let isShown = false;
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    if (isShown && seconds % 5 !== 0) return;
    isShown = true;
    log(`${doing} (${String(seconds)} s)`);
  }, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
