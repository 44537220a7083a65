import { pinned } from '../domain/pinned';
import type { Hold } from '../domain/ledger';
import type { Scope } from '../domain/scope';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { organizationOf, type ApiContext } from './context';
import type { ApiDeps } from './deps';
import type { LatelyGranted, OwnHold } from './lately-granted';
import { isWithin } from './reach';

type AgentScope = Scope & { readonly agentId: string };

interface Asked {
  readonly external_agent_id: string;
  readonly team_id?: string | undefined;
  readonly user_id?: string | undefined;
}

/** Whom a call is for: what the key pins is filled in. Throws ScopeForbidden. */
export function scopeOf(c: ApiContext, { external_agent_id: agentId, team_id, user_id }: Asked): AgentScope {
  const asked = { organizationId: organizationOf(c), teamId: team_id ?? null, userId: user_id ?? null, agentId };
  return { ...pinned(asked, c.get('principal')), agentId };
}

/** The same as the governance service takes it. */
export function callOf({ organizationId, teamId, userId, agentId }: AgentScope) {
  return {
    organizationId,
    externalAgentId: agentId,
    ...(teamId !== null && { teamId }),
    ...(userId !== null && { userId }),
  };
}

type Holds = Pick<ApiDeps['store'], 'hold'>;

/** A reservation that the key may settle: what a workflow holds, it settles itself. Throws HoldNotFound, KeyConflict. */
export async function ownHold(c: ApiContext, store: Holds, lately: LatelyGranted, key: string): Promise<OwnHold> {
  const known = lately.find(organizationOf(c), key);
  // What was granted without a run never gets one, and is never barred.
  if (known !== undefined && isWithin(known.call, c.get('principal'))) return known;
  const hold = await visibleHold(c, store, key);
  if (hold.runId === null) return hold;
  throw new DomainError(
    DomainErrorCode.keyConflict,
    `${key} is held by work that goes on, which settles it: cancel the invocation instead`,
  );
}

/** A hold that the key may see: of others it does not learn whether they are. Throws HoldNotFound. */
export async function visibleHold(c: ApiContext, store: Holds, key: string): Promise<Hold> {
  const hold = await store.hold(organizationOf(c), key);
  if (hold !== undefined && hold.state !== 'barred' && isWithin(hold.call, c.get('principal'))) return hold;
  throw new DomainError(DomainErrorCode.holdNotFound, `There is no reservation ${key}`);
}
