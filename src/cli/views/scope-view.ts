import type { Scope } from '../../domain/scope';

/** A scope as the HTTP API names its parts. */
export interface ScopeView {
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly externalAgentId: string | null;
}

export function scopeView({ teamId, userId, agentId }: Scope): ScopeView {
  return { teamId, userId, externalAgentId: agentId };
}

/** Whom a budget limits, in a few words. */
export function scopeText({ teamId, userId, externalAgentId }: ScopeView): string {
  const parts = [
    teamId === null ? null : `team ${teamId}`,
    userId === null ? null : `user ${userId}`,
    externalAgentId === null ? null : `agent ${externalAgentId}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all calls' : parts.join(', ');
}
