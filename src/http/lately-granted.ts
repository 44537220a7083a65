import type { Hold } from '../domain/ledger';

/** What says whether a caller may settle a reservation. None of it ever changes. */
export type OwnHold = Pick<Hold, 'key' | 'call'>;

/** The calls of the reservations that this process granted lately, so that their commit need not ask the ledger whose they are. */
export interface LatelyGranted {
  keep(organizationId: string, hold: OwnHold): void;
  find(organizationId: string, key: string): OwnHold | undefined;
  /** It was settled: nobody will ask again, or not often. */
  forget(organizationId: string, key: string): void;
}

/** Many more than are under way at once, and a few megabytes: what is older is asked for. */
const MOST_HOLDS = 10_000;

export function createLatelyGranted(most = MOST_HOLDS): LatelyGranted {
  // In the order in which they were granted.
  const holds = new Map<string, OwnHold>();
  // Neither may have a space in it.
  const nameOf = (organizationId: string, key: string) => `${organizationId} ${key}`;
  return {
    keep: (organizationId, hold) => {
      holds.set(nameOf(organizationId, hold.key), hold);
      const [oldest] = holds.keys();
      if (holds.size > most && oldest !== undefined) holds.delete(oldest);
    },
    find: (organizationId, key) => holds.get(nameOf(organizationId, key)),
    forget: (organizationId, key) => {
      holds.delete(nameOf(organizationId, key));
    },
  };
}
