import type { AlertEvent, AlertMessage } from '../contract/payloads/alert';
import { barOf, clipped, shownShare } from './format';
import { leadOf } from './lead';
import { excerptOf, failureOfStatus, post, type Exchange } from './post';
import { eventsOf, factsOf, headlineOf, provenanceOf } from './prose';

/** With some 25 such texts and 10 facts, a card stays below the 28 KB that Teams takes, whatever is in them. */
const LONGEST_TEXT = 1_200;
const color: Record<AlertEvent, string> = {
  'budget.warning': 'Warning',
  'budget.exhausted': 'Attention',
  'budget.denied': 'Attention',
  'budget.reset': 'Good',
};
/** Teams' own webhooks answer 200 and say in the body that they failed. */
const FAILED_INSIDE = /returned HTTP error (\d{3})/;

/** Sends a message to Microsoft Teams, by a workflow's address or a webhook of Teams' own. */
export async function sendTeams(message: AlertMessage, exchange: Exchange): Promise<void> {
  const { response, taken } = await post(exchange, JSON.stringify(teamsBody(message)), excerptOf);
  const failedInside = FAILED_INSIDE.exec(taken)?.[1];
  if (!response.ok) throw failureOfStatus(exchange, response);
  if (failedInside !== undefined) throw failureOfStatus(exchange, { status: Number(failedInside), headers: response.headers });
}

/** The message as an Adaptive Card. Names stand in rich text blocks, which unlike text blocks read no Markdown. */
export function teamsBody(message: AlertMessage) {
  const usage = leadOf(message)?.usage ?? message.month.usage;
  const headline = headlineOf(message);
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      richText(headline, { size: 'Large', weight: 'Bolder', color: color[message.event] }),
      ...(usage === null ? [] : [{ type: 'TextBlock', text: `${barOf(usage)} ${shownShare(usage)}` }]),
      { type: 'FactSet', facts: factsOf(message).map(({ label, value }) => ({ title: label, value })) },
      ...eventsOf(message).map((line) => richText(line)),
      richText(provenanceOf(message).join(' · '), { isSubtle: true, size: 'Small' }),
    ],
  };
  return {
    type: 'message',
    summary: headline,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

function richText(text: string, style: Readonly<Record<string, unknown>> = {}) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: clipped(text, LONGEST_TEXT), ...style }] };
}
