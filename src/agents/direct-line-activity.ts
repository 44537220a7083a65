import { z } from 'zod';
import { isObject } from './json';

/** What is needed of an activity. Odd trimmings are dropped: they must not make a paid answer unreadable. */
const activity = z.object({
  type: z.string(),
  /** Of an end: how the conversation ended. */
  code: z.unknown().optional(),
  id: z.string().nullish(),
  from: z.object({ id: z.string().nullish(), role: z.string().nullish() }).nullish().catch(null),
  text: z.string().nullish(),
  attachments: z
    .array(z.object({ content: z.unknown().optional() }))
    .nullish()
    .catch(null),
  suggestedActions: z
    .object({ actions: z.array(z.object({ title: z.string() })) })
    .nullish()
    .catch(null),
});
export type Activity = z.infer<typeof activity>;

export const activitySet = z.object({ activities: z.array(activity), watermark: z.string().nullish() });

/** Direct Line hands out what the client itself sent, too. */
export function isOwn({ id, from }: Activity, userId: string, ownActivityId: string | null | undefined): boolean {
  return from?.id === userId || from?.role === 'user' || (typeof id === 'string' && id === ownActivityId);
}

/** What went wrong where the bot ended the conversation otherwise than well: `botTimedOut`; null where it ended well, or says nothing of it. */
export function faultOf({ code }: Activity): string | null {
  if (code === undefined || code === null || code === '' || code === 'completedSuccessfully') return null;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'something else than success';
}

/** A message as text: its own, then what its cards say. */
export function textOf({ text, attachments }: Activity): string {
  const parts = [text ?? '', ...(attachments ?? []).flatMap(({ content }) => textsOfCard(content, 0))];
  return parts.filter((part) => part.trim() !== '').join('\n');
}

/** Whether a message says anything, if only by a picture. */
export function isSaying({ type, text, attachments }: Activity): boolean {
  return type === 'message' && ((text ?? '').trim() !== '' || (attachments ?? []).length > 0);
}

const DEEPEST_CARD = 20;
const READABLE = ['title', 'subtitle', 'text'];
/** What a card offers to do is not what it says. */
const UNREAD = ['actions', 'buttons'];

/** Titles and texts of hero and adaptive cards, in their order. */
function textsOfCard(content: unknown, depth: number): string[] {
  if (depth > DEEPEST_CARD) return [];
  if (Array.isArray(content)) return content.flatMap((item) => textsOfCard(item, depth + 1));
  if (!isObject(content)) return [];
  return Object.entries(content).flatMap(([key, value]) => {
    if (UNREAD.includes(key)) return [];
    if (typeof value === 'string') return READABLE.includes(key) ? [value] : [];
    return textsOfCard(value, depth + 1);
  });
}
