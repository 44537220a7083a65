import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { withFirstAbort } from '../contract/with-first-abort';
import type { AgentCall } from './agent';
import { activitySet, isOwn, type Activity } from './direct-line-activity';
import type { DirectLineAccess } from './direct-line-access';
import type { Requester } from './direct-line-request';
import { issuedToken, keptFresh, startedConversation } from './direct-line-token';

const LONGEST_GOODBYE_MS = 2_000;

/** The answer's id only helps to know our own message again: a message that arrived must not fail for want of it. */
const postedActivity = z.object({ id: z.string().nullish() }).catch({ id: null });

/** What a client says to the bot. */
export interface Message {
  readonly text: string;
  readonly locale?: string | undefined;
}

/** A conversation with a bot, opened and not yet ended. */
export interface Conversation {
  /** Asks the bot: from here on it may bill. */
  say(message: Message): Promise<void>;
  /** What the bot did since the last time this was asked; when asked again after a failure, nothing is lost. */
  heard(): Promise<Activity[]>;
  /** Tells the bot that nobody listens any more, also after an abort. Never throws: the answer counts, not the goodbye. */
  end(): Promise<void>;
}

/** Starts a conversation of its own for one call, as a user of its own: nothing that the bot keeps of a user reaches another call. */
export async function startConversation(request: Requester, access: DirectLineAccess, call: AgentCall): Promise<Conversation> {
  const { signal } = call;
  const { channel, credential } = access;
  const directLine = `${channel}/v3/directline`;
  const post = { method: 'POST', signal } as const;
  const started = await request(startedConversation, { ...post, url: `${directLine}/conversations`, bearer: credential.token });
  const own = { token: started.token ?? credential.token, expires_in: started.expires_in ?? credential.expires_in };
  const token = keptFresh(own, (bearer, patience) =>
    withFirstAbort([signal, patience], (within) =>
      request(issuedToken, { ...post, url: `${directLine}/tokens/refresh`, bearer, signal: within }),
    ),
  );
  const activities = `${directLine}/conversations/${encodeURIComponent(started.conversationId)}/activities`;
  // Tokens take only user ids that begin so.
  const from = { id: `dl_${randomUUID()}` };
  let ownActivityId: string | null | undefined;
  let watermark: string | null | undefined;

  return {
    async say({ text, locale }) {
      // No channel deduplicates by it, but a bot can tell by it that a message is a retry.
      const channelData = { clientActivityID: call.idempotencyKey };
      const body = { type: 'message', from, text, locale, channelData };
      const posted = await request(postedActivity, { ...post, url: activities, bearer: await token.fresh(), body, asksBot: true });
      ownActivityId = posted.id;
    },
    async heard() {
      const url = typeof watermark === 'string' ? `${activities}?watermark=${encodeURIComponent(watermark)}` : activities;
      const set = await request(activitySet, { method: 'GET', url, bearer: await token.fresh(), signal });
      watermark = set.watermark ?? watermark;
      return set.activities.filter((activity) => !isOwn(activity, from.id, ownActivityId));
    },
    async end() {
      const goodbye = AbortSignal.timeout(LONGEST_GOODBYE_MS);
      const body = { type: 'endOfConversation', from };
      await withFirstAbort(signal.aborted ? [goodbye] : [signal, goodbye], (within) =>
        request(postedActivity, { method: 'POST', url: activities, bearer: token.current(), body, signal: within }),
      ).catch(() => undefined);
    },
  };
}
