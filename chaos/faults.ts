import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Target } from './plan';
import type { Victim } from './victim';

export interface Faults {
  readonly kills: number;
  untilKilled(times: number): Promise<void>;
  /** Lets what is under way end, and does no more. */
  end(): Promise<void>;
}

/** Kills go on for as long as there are too few, and no longer than this. */
const LONGEST_MS = 1_200_000;

/**
 * Does one fault after the other. None waits for the one before, except on the same victim: a server may be down while a worker is killed.
 */
export function startFaults(
  faults: Iterable<Fault>,
  victims: Readonly<Record<Target, readonly Victim[]>>,
  log: (line: string) => void,
): Faults {
  const busy = new Map<Victim, Promise<void>>();
  const isOver = new AbortController();
  const failures: unknown[] = [];
  let kills = 0;

  async function run(): Promise<void> {
    for (const fault of faults) {
      await pause(fault.afterMs, undefined, { signal: isOver.signal });
      const victim = victims[fault.target][fault.which % victims[fault.target].length];
      if (victim === undefined || busy.has(victim)) continue;
      log(`${fault.kind} ${victim.name}`);
      const done = hit(victim, fault)
        .then((hasKilled) => {
          if (hasKilled) kills += 1;
        })
        .catch((error: unknown) => {
          failures.push(error);
        })
        .finally(() => busy.delete(victim));
      busy.set(victim, done);
    }
  }

  const running = run().catch((error: unknown) => {
    if (!isOver.signal.aborted) throw error;
  });
  return {
    get kills() {
      return kills;
    },
    untilKilled: async (times) => {
      const deadline = performance.now() + LONGEST_MS;
      while (kills < times) {
        if (performance.now() > deadline) throw new Error(`Only ${String(kills)} of ${String(times)} kills in ${String(LONGEST_MS)} ms`);
        await pause(200);
      }
    },
    end: async () => {
      isOver.abort();
      await running;
      await Promise.all(busy.values());
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** Whether something alive was killed. */
async function hit(victim: Victim, { kind, forMs }: Fault): Promise<boolean> {
  if (kind === 'kill') return victim.kill();
  await (kind === 'freeze' ? victim.freeze(forMs) : victim.restart());
  return false;
}
