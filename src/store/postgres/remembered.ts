import { sizeOf, type KnownOrganization } from './known-organization';

/** How often in a row an organization must be found as this process left it, before it is believed to be. */
const CALM = 8;
const MOST_HOLDS = 2_000;

/** What a process remembers of an organization. */
export interface Memory {
  /** Null where it is in doubt, or nothing is known. */
  readonly known: KnownOrganization | null;
  /** At which version this process left it, by which it shows whether somebody else wrote to it; null where nobody knows any more. */
  readonly version: number | null;
  /** What is known is but a guess: others write to the organization too, or its callers say again what has ended. */
  readonly isGuess: boolean;
}

/** What a process remembers of organizations' ledgers: those used last, up to so many rows in all. */
export interface Remembered {
  recall(organizationId: string): Memory;
  /** `asExpected`: nobody else had written to it, and all that was taken to be new was. */
  keep(known: KnownOrganization, asExpected: boolean): void;
  doubt(organizationId: string, version: number): void;
  forget(organizationId: string): void;
}

interface Entry {
  readonly known: KnownOrganization | null;
  readonly version: number | null;
  readonly calmFor: number;
  readonly rows: number;
}

const UNKNOWN: Entry = { known: null, version: null, calmFor: CALM, rows: 0 };

export function createRemembered(mostRows = 50_000): Remembered {
  // The one used last is last.
  const entries = new Map<string, Entry>();
  let rows = 0;

  function put(organizationId: string, entry: Entry): void {
    rows += entry.rows - (entries.get(organizationId)?.rows ?? 0);
    entries.delete(organizationId);
    entries.set(organizationId, entry);
    for (const [oldest, { rows: its }] of entries) {
      if (rows <= mostRows) break;
      rows -= its;
      entries.delete(oldest);
    }
  }

  function putUnknown(organizationId: string, version: number | null): void {
    const { calmFor } = entries.get(organizationId) ?? UNKNOWN;
    put(organizationId, { known: null, version, calmFor, rows: 1 });
  }

  return {
    recall: (organizationId) => {
      const { known, version, calmFor } = entries.get(organizationId) ?? UNKNOWN;
      return { known, version, isGuess: calmFor < CALM };
    },
    keep: (known, asExpected) => {
      const { organizationId, version } = known;
      trim(known);
      const calmFor = asExpected ? Math.min(CALM, (entries.get(organizationId) ?? UNKNOWN).calmFor + 1) : 0;
      const rows = 1 + sizeOf(known);
      // One that names ever more users would push out all others, and learns anew once in so many.
      const isTooLarge = rows > mostRows / 2;
      put(organizationId, { known: isTooLarge ? null : known, version, calmFor, rows: isTooLarge ? 1 : rows });
    },
    doubt: putUnknown,
    forget: (organizationId) => {
      putUnknown(organizationId, null);
    },
  };
}

// Holds come and go, with every key a new one.
function trim({ holds }: KnownOrganization): void {
  for (const key of holds.keys()) {
    if (holds.size <= MOST_HOLDS) return;
    holds.delete(key);
  }
}
