import { assertNote, type EntryNote, type Metadata } from '../domain/ledger';
import type { Scope } from '../domain/scope';

interface CallIds {
  readonly organizationId: string;
  readonly externalAgentId: string;
  readonly teamId?: string | undefined;
  readonly userId?: string | undefined;
}

/** The call as the ledger knows it. */
export function callOf({ organizationId, externalAgentId, teamId, userId }: CallIds): Scope {
  return { organizationId, teamId: teamId ?? null, userId: userId ?? null, agentId: externalAgentId };
}

/** What is kept on a charge's entries. Throws InvalidRequest for metadata that cannot be kept; it may be no JSON at all. */
export function noteOf(executionSuccess: boolean | undefined, metadata: Readonly<Record<string, unknown>> | undefined): EntryNote {
  const note = { executionSuccess: executionSuccess ?? null, metadata: (metadata ?? null) as Metadata | null };
  assertNote(note);
  return note;
}
