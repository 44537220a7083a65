import type { Log } from '../src/ground/log';

/** What every fault gets: an empty folder of its own that other users may enter, and where it notes how to clean up; the last is done first. */
export interface Scene {
  readonly folder: string;
  readonly log: Log;
  /** Aborted once the fault is over: by `fail`, by its end, or because we are asked to end. */
  readonly signal: AbortSignal;
  /** Ends it before its time, since this is not as it should be. */
  readonly fail: (reason: unknown) => void;
  /** How long it waits for what may never come. */
  readonly patienceMs: number;
  readonly cleanUps: (() => Promise<unknown>)[];
}

export interface Seen {
  readonly figures: Readonly<Record<string, number>>;
  /** What is not as it should be. */
  readonly findings: readonly string[];
}

export interface Skipped {
  readonly skipped: string;
}

/** Something that happens to a database under load, and what must be so afterwards. */
export interface Fault {
  readonly name: string;
  readonly expected: string;
  run(scene: Scene): Promise<Seen | Skipped>;
}

/** The claims that are not true, in words. */
export function untrue(claims: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(claims).flatMap(([claim, isSo]) => (isSo ? [] : [`not so: ${claim}`]));
}
