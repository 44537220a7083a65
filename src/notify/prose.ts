import type { AlertedWindow, AlertMessage, CrossingPayload } from '../contract/payloads/alert';
import { clipped, shortened, shownInstant, shownShare, shownUsd } from './format';
import { isAbout, leadOf, type Lead } from './lead';

/** A figure with its name, as a line of a table. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The longest id in full. */
const WHOLE = 200;
const MOST_LINES = 20;
const LONGEST_REASON = 500;
const adjective = { month: 'monthly', day: 'daily' } as const;
const noun = { month: 'this month', day: 'today' } as const;

/**
 * What happened, in one sentence: `Budget acme-monthly has reached 90% of its monthly limit: $900.00 of $1,000.00`. A budget that
 * is above its limit has exceeded it; at its limit it has reached 100%.
 */
export function headlineOf(message: AlertMessage, longestId: number = WHOLE): string {
  const text = `Budget ${shortened(message.budgetId, longestId)} ${happeningOf(message)}`;
  return message.isTest ? `[Test] ${text}` : text;
}

/** The figures behind it, at most 10. The day's and executions are there when it is they that crossed. */
export function factsOf(message: AlertMessage): readonly Fact[] {
  const { month, day, forecastUsd, closed } = message;
  const executionsOf = (window: 'month' | 'day') => ({ label: `Executions ${noun[window]}`, value: executed(message[window]) });
  return [
    ...costFacts(month, 'month'),
    ...(forecastUsd === null ? [] : [{ label: 'Forecast for the month', value: shownUsd(forecastUsd) }]),
    { label: 'Month resets', value: shownInstant(month.resetsAt) },
    ...(isAbout(message, 'day', 'cost') ? costFacts(day, 'day') : []),
    ...(isAbout(message, 'day', 'cost') || isAbout(message, 'day', 'executions')
      ? [{ label: 'Day resets', value: shownInstant(day.resetsAt) }]
      : []),
    ...(['month', 'day'] as const).filter((window) => isAbout(message, window, 'executions')).map(executionsOf),
    ...(closed === null ? [] : [{ label: 'Last month', value: spent(closed.spentUsd, closed.limitUsd) }]),
  ];
}

/** Each crossing and what was denied, a line each; of very many crossings the latest. */
export function eventsOf({ crossings, denials }: AlertMessage): readonly string[] {
  const earlier = crossings.length - MOST_LINES;
  return [
    ...(earlier > 0 ? [`… and ${earlier} earlier`] : []),
    ...crossings.slice(-MOST_LINES).map(crossingLine),
    ...(denials === null ? [] : [`${calls(denials.count)} denied: ${clipped(denials.reason, LONGEST_REASON)}`]),
  ];
}

/** Whose budget it is, and how the message came about. */
export function provenanceOf({ budgetId, scope, agentId, isDigest, isTest }: AlertMessage): readonly string[] {
  const { organizationId, teamId, userId } = scope;
  return [
    `Organization ${organizationId}`,
    ...(teamId === null ? [] : [`Team ${teamId}`]),
    ...(userId === null ? [] : [`User ${userId}`]),
    ...(agentId === null ? [] : [`Agent ${agentId}`]),
    `Budget ${budgetId}`,
    ...(isDigest ? ['Collected since the last message'] : []),
    ...(isTest ? ['A test: nothing happened'] : []),
  ];
}

function happeningOf(message: AlertMessage): string {
  const { event, closed, denials } = message;
  const lead = leadOf(message);
  if (event === 'budget.reset')
    return `has begun a new month${closed === null ? '' : `; the last one: ${spent(closed.spentUsd, closed.limitUsd)}`}`;
  if (denials !== null && (event === 'budget.denied' || lead === null)) return `denied ${calls(denials.count)}`;
  return lead === null ? 'has an alert' : leadSentence(message, lead);
}

function leadSentence(message: AlertMessage, { window, kind, threshold, usage }: Lead): string {
  const { spentUsd, limitUsd, ...counts } = message[window];
  const limit = `its ${adjective[window]} ${kind === 'cost' ? 'limit' : 'execution limit'}`;
  const amounts = kind === 'cost' ? amountsOf(spentUsd, limitUsd) : executed(counts);
  if (usage > 1) return `has exceeded ${limit}: ${amounts}`;
  // A raise may have put it below the threshold again: the amounts alone would then contradict the sentence.
  return `has reached ${shownShare(threshold)} of ${limit}: ${usage < threshold ? 'now ' : ''}${amounts}`;
}

function crossingLine({ window, kind, threshold, usage, at }: CrossingPayload): string {
  const limit = kind === 'cost' ? `${adjective[window]} limit` : `${adjective[window]} execution limit`;
  return `${shownShare(threshold)} of the ${limit}, reached at ${shownInstant(at)} with ${shownShare(usage)}`;
}

function costFacts({ spentUsd, limitUsd, remainingUsd, usage }: AlertedWindow, window: 'month' | 'day'): Fact[] {
  const share = usage === null ? '' : ` (${shownShare(usage)})`;
  return [
    { label: `Spent ${noun[window]}`, value: spent(spentUsd, limitUsd) + share },
    ...(remainingUsd === null ? [] : [{ label: `Left ${noun[window]}`, value: shownUsd(remainingUsd) }]),
  ];
}

function spent(spentUsd: number, limitUsd: number | null): string {
  return limitUsd === null ? `${shownUsd(spentUsd)}, without a limit` : amountsOf(spentUsd, limitUsd);
}

function amountsOf(spentUsd: number, limitUsd: number | null): string {
  return limitUsd === null ? shownUsd(spentUsd) : `${shownUsd(spentUsd)} of ${shownUsd(limitUsd)}`;
}

function executed({ executions, executionLimit }: Pick<AlertedWindow, 'executions' | 'executionLimit'>): string {
  const count = executions.toLocaleString('en-US');
  return executionLimit === null ? count : `${count} of ${executionLimit.toLocaleString('en-US')}`;
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count.toLocaleString('en-US')} calls`;
}
