import { Webhook } from 'standardwebhooks';
import type { AlertMessage, CrossingPayload } from '../contract/payloads/alert';
import { isAbout, leadOf } from './lead';
import { misconfigured } from './notify-failure';
import { discard, failureOfStatus, post, type Exchange } from './post';

/**
 * Sends a message to a webhook, with the message's id as `webhook-id` (receivers tell a repetition by it), and signed as Standard
 * Webhooks says when there is a secret (`whsec_` and base64). The answer's status alone counts.
 */
export async function sendWebhook(message: AlertMessage, exchange: Exchange, secret: string | null): Promise<void> {
  const body = JSON.stringify(webhookBody(message));
  const { response } = await post(exchange, body, discard, webhookHeaders(message.id, body, secret, exchange.now()));
  if (!response.ok) throw failureOfStatus(exchange, response);
}

/**
 * What a webhook receives: the nine fields that receivers may already know, in their order, then ours. Fields with `monthly` in
 * their name are the month's whatever crossed. `threshold`, `current_usage_percentage` (a share: .78) and `window` belong
 * together: they are of the highest threshold crossed, so where only the day's limit crossed, of the day, whose amounts then
 * follow as `daily_*`; where only executions crossed, their share. Without a crossing `threshold` is null; the usage is
 * then of the window whose limit denied, or of the month. Amounts are USD; null is unlimited.
 */
export function webhookBody(message: AlertMessage) {
  const { scope, month, day, denials, closed } = message;
  const lead = leadOf(message);
  const window = lead?.window ?? denials?.window ?? 'month';
  return {
    event: message.event,
    external_agent_id: message.agentId,
    organization_id: message.organizationId,
    threshold: lead?.threshold ?? null,
    current_usage_percentage: lead === null ? message[window].usage : lead.usage,
    monthly_spent_usd: month.spentUsd,
    monthly_budget_usd: month.limitUsd,
    remaining_budget_usd: month.remainingUsd,
    timestamp: toSecond(message.timestamp),
    id: message.id,
    budget_id: message.budgetId,
    scope: {
      organization_id: scope.organizationId,
      team_id: scope.teamId,
      user_id: scope.userId,
      external_agent_id: scope.agentId,
    },
    window,
    period: { start: toSecond(message[window].start), end: toSecond(message[window].resetsAt) },
    crossings: message.crossings.map(crossingBody),
    ...(isAbout(message, 'day', 'cost') && {
      daily_spent_usd: day.spentUsd,
      daily_budget_usd: day.limitUsd,
      daily_remaining_usd: day.remainingUsd,
      daily_resets_at: toSecond(day.resetsAt),
    }),
    ...(isAbout(message, 'month', 'executions') && {
      monthly_executions: month.executions,
      monthly_execution_limit: month.executionLimit,
    }),
    ...(isAbout(message, 'day', 'executions') && {
      daily_executions: day.executions,
      daily_execution_limit: day.executionLimit,
    }),
    ...(denials && { denials: { count: denials.count, reason: denials.reason } }),
    ...(closed && {
      closed_period: { start: toSecond(closed.start), end: toSecond(closed.end), spent_usd: closed.spentUsd, budget_usd: closed.limitUsd },
    }),
    resets_at: toSecond(message[window].resetsAt),
    forecast_usd: message.forecastUsd,
    digest: message.isDigest,
    test: message.isTest,
  };
}

function crossingBody({ window, kind, windowStart, threshold, usage, at }: CrossingPayload) {
  return { window, window_start: toSecond(windowStart), kind, threshold, usage, at: toSecond(at) };
}

function webhookHeaders(id: string, body: string, secret: string | null, nowMs: number): Record<string, string> {
  if (secret === null) return { 'webhook-id': id };
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signerOf(secret).sign(id, new Date(nowMs), body) };
}

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw misconfigured('The webhook secret is no Standard Webhooks secret: it must be base64, with or without whsec_ before it');
  }
}

/** `2026-01-04T12:00:00Z`: instants without milliseconds. */
function toSecond(instant: string): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
