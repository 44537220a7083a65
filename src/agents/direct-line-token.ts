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
const LONGEST_REFRESH_MS = 5_000;

/** A token, kept valid for as long as its conversation goes on. */
export interface KeptToken {
  /** One that is valid: the first, and from half its life on the one that a refresh brought. */
  fresh(): Promise<string>;
  /** The last one, as it is. */
  current(): string;
}

/**
 * Keeps a token by refreshing it. A refresh that fails, or takes half of what is left of the old token, is tried again later: until
 * that one ends, nothing is lost.
 */
export function keptFresh(first: IssuedToken, refresh: (token: string, patience: AbortSignal) => Promise<IssuedToken>): KeptToken {
  let life = lifeOf(first);
  return {
    current: () => life.token,
    fresh: async () => {
      const leftMs = life.expiresAt - performance.now();
      if (performance.now() < life.refreshAt) return life.token;
      const patienceMs = leftMs > 0 ? Math.min(LONGEST_REFRESH_MS, leftMs / 2) : LONGEST_REFRESH_MS;
      try {
        life = lifeOf(await refresh(life.token, AbortSignal.timeout(Math.ceil(patienceMs))));
      } catch (error) {
        if (!(error instanceof AgentFailure)) throw error;
        const now = performance.now();
        life = { ...life, refreshAt: now + Math.max(SHORTEST_PAUSE_MS, (life.expiresAt - now) / 2) };
      }
      return life.token;
    },
  };
}

/** Without a life span (a secret, for example) it never ends. */
function lifeOf({ token, expires_in }: IssuedToken) {
  const lifeMs = (expires_in ?? Infinity) * 1_000;
  const now = performance.now();
  return { token, refreshAt: now + lifeMs / 2, expiresAt: now + lifeMs };
}
