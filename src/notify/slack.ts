import type { AlertEvent, AlertMessage } from '../contract/payloads/alert';
import { barOf, shownShare } from './format';
import { leadOf } from './lead';
import { NotifyFailure } from './notify-failure';
import { discard, excerptOf, failureOfStatus, post, type Exchange } from './post';
import { eventsOf, factsOf, headlineOf, provenanceOf } from './prose';

/** Slack's own limits, in characters of escaped text. */
const LONGEST_HEADER = 150;
const LONGEST_TEXT = 3_000;
const LONGEST_FIELD = 2_000;
const LONGEST_CONTEXT = 2_000;
/** Leaves the header room for what follows the budget's name. */
const LONGEST_ID_IN_HEADER = 50;
/** Slack's words for a webhook that no longer exists, with whatever status. */
const GONE = new Set(['no_service', 'no_active_hooks', 'no_team', 'invalid_token', 'channel_is_archived']);
const emoji: Record<AlertEvent, string> = { 'budget.warning': '⚠️', 'budget.exhausted': '🛑', 'budget.denied': '⛔', 'budget.reset': '🔄' };
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Sends a message to a Slack incoming webhook. */
export async function sendSlack(message: AlertMessage, exchange: Exchange): Promise<void> {
  const { response, taken } = await post(exchange, JSON.stringify(slackBody(message)), (answer) =>
    answer.ok ? discard(answer).then(() => '') : excerptOf(answer),
  );
  if (response.ok) return;
  const reason = slackReason(taken);
  const failure = failureOfStatus(exchange, response, reason);
  throw GONE.has(reason) ? new NotifyFailure(failure.message, { isRetryable: false, disables: true }) : failure;
}

/** The message in Block Kit. Names are plain text throughout, since an underscore in one would start italics. */
export function slackBody(message: AlertMessage) {
  const events = eventsOf(message);
  return {
    text: escaped(headlineOf(message), LONGEST_TEXT),
    blocks: [
      { type: 'header', text: plain(`${emoji[message.event]} ${headlineOf(message, LONGEST_ID_IN_HEADER)}`, LONGEST_HEADER) },
      {
        type: 'section',
        ...usageText(message),
        fields: factsOf(message).map(({ label, value }) => ({ type: 'mrkdwn', text: escaped(`*${label}*\n${value}`, LONGEST_FIELD) })),
      },
      ...(events.length === 0 ? [] : [{ type: 'section', text: plain(events.join('\n'), LONGEST_TEXT) }]),
      { type: 'context', elements: [plain(provenanceOf(message).join(' · '), LONGEST_CONTEXT)] },
    ],
  };
}

function usageText(message: AlertMessage) {
  const usage = leadOf(message)?.usage ?? message.month.usage;
  return usage === null ? {} : { text: { type: 'mrkdwn', text: `${barOf(usage)} *${shownShare(usage)}*` } };
}

function plain(text: string, longest: number) {
  return { type: 'plain_text', text: escaped(text, longest), emoji: true };
}

/** Escaped as Slack asks, and cut so that no escape is torn. */
function escaped(text: string, longest: number): string {
  const characters = Array.from(text, (character) => escapes[character] ?? character);
  if (characters.join('').length <= longest) return characters.join('');
  let room = longest - 1;
  const end = characters.findIndex((character) => (room -= character.length) < 0);
  return `${characters.slice(0, end).join('')}…`;
}

/** Slack says why in one word, such as `invalid_payload`; anything else is not quoted. */
function slackReason(body: string): string {
  return /^[a-z_]{1,60}$/.test(body.trim()) ? body.trim() : '';
}
