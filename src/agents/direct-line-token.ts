import { z } from 'zod';
import { AgentFailure } from './agent';

/** What an HTTP header can carry: fetch would quote a misfit in its error. */
const headerValue = z.string().regex(/^[\x21-\x7e]+$/);
const expires_in = z.number().positive().nullish();

/** A token endpoint's answer, and that of a refresh. */
export const issuedToken = z.object({ token: headerValue, expires_in });
export type IssuedToken = z.infer<typeof issuedToken>;

/** The answer to the start of a conversation: with a token for this conversation alone, unless the server wants the first credential kept. */
export const startedConversation = z.object({ conversationId: z.string().min(1), token: headerValue.nullish(), expires_in });

const SHORTEST_PAUSE_MS = 1_000;

/**
 * Hands out a token that is valid: the first one, and from half its life on the one that a refresh brought. A refresh that fails
 * is tried again later: until the old token ends, nothing is lost.
 */
export function keptFresh(first: IssuedToken, refresh: (token: string) => Promise<IssuedToken>): () => Promise<string> {
  let current = lifeOf(first);
  return async () => {
    if (performance.now() < current.refreshAt) return current.token;
    try {
      current = lifeOf(await refresh(current.token));
    } catch (error) {
      if (!(error instanceof AgentFailure)) throw error;
      const now = performance.now();
      current = { ...current, refreshAt: now + Math.max(SHORTEST_PAUSE_MS, (current.expiresAt - now) / 2) };
    }
    return current.token;
  };
}

/** Without a life span (a secret, for example) it never ends. */
function lifeOf({ token, expires_in }: IssuedToken) {
  const lifeMs = (expires_in ?? Infinity) * 1_000;
  const now = performance.now();
  return { token, refreshAt: now + lifeMs / 2, expiresAt: now + lifeMs };
}
