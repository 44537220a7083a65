import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Target } from './plan';
import type { Victim } from './victim';

export interface Faults {
  readonly kills: number;
  untilKilled(times: number): Promise<void>;
  /** Lets what is under way end, and does no more. */
  end(): Promise<void>;
}

/**
 * Does one fault after the other. None waits for the one before, except on the same victim: a server may be down while a worker is killed.
 */
export function startFaults(
  faults: Generator<Fault>,
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
      if (fault.kind === 'kill') kills += 1;
      const done = hit(victim, fault)
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
      while (kills < times) await pause(200);
    },
    end: async () => {
      isOver.abort();
      await running;
      await Promise.all(busy.values());
      if (failures.length > 0) throw failures[0];
    },
  };
}

function hit(victim: Victim, { kind, forMs }: Fault): Promise<void> {
  if (kind === 'freeze') return victim.freeze(forMs);
  return kind === 'kill' ? victim.kill() : victim.restart();
}
