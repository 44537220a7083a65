import { seconds } from './format';

export type Progress = <Result>(doing: string, work: () => Promise<Result>) => Promise<Result>;

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const PATIENCE_MS = 1_000;
const CLEAR = '\r\u001b[K';

/** Says on a terminal what takes long, in one line that is gone in the end. Elsewhere it says nothing. */
export function progressOn(screen: Screen, isQuiet: boolean): Progress {
  return async (doing, work) => {
    if (isQuiet || screen.isTTY !== true) return work();
    const began = Date.now();
    const timer = setInterval(() => {
      screen.write(`${CLEAR}${doing} (${seconds(Date.now() - began)})`);
    }, PATIENCE_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      if (Date.now() - began >= PATIENCE_MS) screen.write(CLEAR);
    }
  };
}
