import { nothingKnown, sizeOf, type KnownOrganization } from './known-organization';
import { UNREAD } from './organization-row';

/** How often in a row an organization must be found as this process left it, before it is believed to be. */
const CALM = 8;
const MOST_HOLDS = 2_000;

/** What a process remembers of organizations' ledgers: those used last, up to so many rows in all. */
export interface Remembered {
  get(organizationId: string): KnownOrganization | null;
  /** Whether other processes write to it too: then what is remembered is a guess. */
  isContended(organizationId: string): boolean;
  /** `asLeft`: nobody else had written to it. */
  keep(known: KnownOrganization, asLeft: boolean): void;
  /** Only its version is remembered, by which it shows whether somebody else wrote to it. */
  doubt(organizationId: string, version: number): void;
  /** Nobody knows any more how it stands. */
  forget(organizationId: string): void;
}

export function createRemembered(mostRows = 50_000): Remembered {
  // The one used last is last.
  const organizations = new Map<string, { readonly known: KnownOrganization; readonly rows: number }>();
  const calm = new Map<string, number>();
  let rows = 0;

  function forget(organizationId: string): void {
    rows -= organizations.get(organizationId)?.rows ?? 0;
    organizations.delete(organizationId);
  }

  return {
    get: (organizationId) => organizations.get(organizationId)?.known ?? null,
    isContended: (organizationId) => calm.has(organizationId),
    keep: (known, asLeft) => {
      const { organizationId } = known;
      const calmFor = asLeft ? (calm.get(organizationId) ?? CALM) + 1 : 0;
      if (calmFor < CALM) calm.set(organizationId, calmFor);
      else calm.delete(organizationId);
      trim(known);
      forget(organizationId);
      organizations.set(organizationId, { known, rows: sizeOf(known) });
      rows += sizeOf(known);
      for (const oldest of organizations.keys()) {
        if (rows <= mostRows) break;
        forget(oldest);
      }
    },
    doubt: (organizationId, version) => {
      forget(organizationId);
      organizations.set(organizationId, { known: nothingKnown(organizationId, { ...UNREAD, version }), rows: 0 });
    },
    forget,
  };
}

// Holds come and go, with every key a new one; of the rest there is only so much.
function trim({ holds }: KnownOrganization): void {
  for (const key of holds.keys()) {
    if (holds.size <= MOST_HOLDS) return;
    holds.delete(key);
  }
}
