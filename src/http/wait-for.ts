import { invalidRequest, unavailable } from './problem';

export interface WaitOptions {
  readonly waitSeconds?: number;
  readonly longestWaitSeconds?: number;
}

/** How long to wait for a run's end, in ms: as the query says, else the Prefer header (RFC 7240), else the default; bounded. */
export function waitMs(query: number | undefined, prefer: string | undefined, options: WaitOptions): number {
  const { waitSeconds = 30, longestWaitSeconds = 300 } = options;
  const wanted = query ?? preferred(prefer) ?? waitSeconds;
  return Math.min(wanted, longestWaitSeconds) * 1_000;
}

function preferred(prefer = ''): number | undefined {
  const wishes = prefer.toLowerCase().split(/[,;]/);
  if (wishes.some((wish) => wish.trim() === 'respond-async')) return 0;
  const wait = wishes.map((wish) => /^\s*wait\s*=\s*"?(.*?)"?\s*$/.exec(wish)?.[1]).find((seconds) => seconds !== undefined);
  if (wait === undefined) return undefined;
  if (!/^\d{1,6}$/.test(wait)) throw invalidRequest({ path: 'Prefer', message: 'wait must be a whole number of seconds' });
  return Number(wait);
}

/** What a worker answers, or a 503 when none does in time. */
export async function answered<Answer>(asked: Promise<Answer>, ms: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable('No worker answered in time'));
    }, ms);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
