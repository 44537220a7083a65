import { pinned } from '../domain/pinned';
import type { Hold } from '../domain/ledger';
import { DomainError, DomainErrorCode } from '../domain/errors';
import { organizationOf, type ApiContext } from './context';
import type { ApiDeps } from './deps';
import { isWithin } from './reach';

interface Asked {
  readonly external_agent_id: string;
  readonly team_id?: string | undefined;
  readonly user_id?: string | undefined;
}

/** Whom a call is for, as the governance service takes it: what the key pins is filled in. Throws ScopeForbidden. */
export function callOf(c: ApiContext, { external_agent_id: agentId, team_id, user_id }: Asked) {
  const asked = { organizationId: organizationOf(c), teamId: team_id ?? null, userId: user_id ?? null, agentId };
  const { organizationId, teamId, userId } = pinned(asked, c.get('principal'));
  return {
    organizationId,
    externalAgentId: agentId,
    ...(teamId !== null && { teamId }),
    ...(userId !== null && { userId }),
  };
}

/** A reservation that the key may settle: what a workflow holds, it settles itself. Throws HoldNotFound, KeyConflict. */
export async function ownHold(c: ApiContext, store: Pick<ApiDeps['store'], 'hold'>, key: string): Promise<Hold> {
  const hold = await visibleHold(c, store, key);
  if (hold.runId === null) return hold;
  throw new DomainError(
    DomainErrorCode.keyConflict,
    `${key} is held by work that goes on, which settles it: cancel the invocation instead`,
  );
}

/** A hold that the key may see: of others it does not learn whether they are. Throws HoldNotFound. */
export async function visibleHold(c: ApiContext, store: Pick<ApiDeps['store'], 'hold'>, key: string): Promise<Hold> {
  const hold = await store.hold(organizationOf(c), key);
  if (hold !== undefined && hold.state !== 'barred' && isWithin(hold.call, c.get('principal'))) return hold;
  throw new DomainError(DomainErrorCode.holdNotFound, `There is no reservation ${key}`);
}
