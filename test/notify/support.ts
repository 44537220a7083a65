import type { AlertedWindow, AlertMessage, CrossingPayload } from '../../src/contract/payloads/alert';
import type { Targets } from '../../src/notify/channel';
import { createNotifier, type NotifierDependencies } from '../../src/notify/notifier';
import { NotifyFailure } from '../../src/notify/notify-failure';
import { createOutbound } from '../../src/outbound/outbound';

export const outbound = createOutbound({ allowPrivateTargets: true });
export const guarded = createOutbound({ allowPrivateTargets: false });
export const signal: AbortSignal = new AbortController().signal;

export const month: AlertedWindow = {
  start: '2026-01-01T00:00:00.000Z',
  resetsAt: '2026-02-01T00:00:00.000Z',
  limitUsd: 1_000,
  spentUsd: 780,
  remainingUsd: 220,
  usage: 0.78,
  executions: 42,
  executionLimit: null,
};
export const day: AlertedWindow = {
  ...month,
  start: '2026-01-04T00:00:00.000Z',
  resetsAt: '2026-01-05T00:00:00.000Z',
  limitUsd: 50,
  spentUsd: 20,
  remainingUsd: 30,
  usage: 0.4,
  executions: 7,
};

export function crossing(threshold: number, more: Partial<CrossingPayload> = {}): CrossingPayload {
  const windowStart = more.window === 'day' ? day.start : month.start;
  return { window: 'month', kind: 'cost', windowStart, threshold, usage: 0.78, at: '2026-01-04T12:00:00.000Z', ...more };
}

/** The message behind the payload that SEED.md shows; with other fields, another one. */
export function alert(more: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: 'alert-1',
    event: 'budget.warning',
    organizationId: 'org-001',
    budgetId: 'acme-monthly',
    scope: { organizationId: 'org-001', teamId: null, userId: null, agentId: 'agent-001' },
    agentId: 'agent-001',
    timestamp: '2026-01-04T12:00:00.000Z',
    month,
    day,
    crossings: [crossing(0.75)],
    denials: null,
    closed: null,
    forecastUsd: 6_045,
    isDigest: false,
    isTest: false,
    ...more,
  };
}

/** Ids and a reason that break what is not escaped, as long as the domain allows and longer. */
export const nasty = alert({
  organizationId: '<&>"\'_*~`[x](http://evil.example)',
  budgetId: `<b>&${'&'.repeat(190)}😀<end>`,
  scope: { organizationId: '<script>alert(1)</script>', teamId: `😀${'<'.repeat(199)}`, userId: '&'.repeat(200), agentId: '>'.repeat(200) },
  agentId: '>'.repeat(200),
  event: 'budget.exhausted',
  crossings: Array.from({ length: 400 }, (_, index) => crossing((index % 20) / 2)),
  denials: { count: 1_234, reason: `<!channel> ${'😀&'.repeat(5_000)}`, window: 'month', kind: 'cost' },
  closed: { start: month.start, end: month.resetsAt, spentUsd: 9_007_199_254.5, limitUsd: 0.000001 },
  isDigest: true,
  isTest: true,
});

export function targets(more: Partial<Targets> = {}): Targets {
  return { webhookUrl: null, webhookSecret: null, emailRecipients: [], ...more };
}

export function notifier(more: Partial<NotifierDependencies> = {}) {
  return createNotifier({ outbound, env: {}, smtp: null, now: () => Date.UTC(2026, 0, 1), ...more });
}

/** The NotifyFailure that a delivery ends with; fails when it succeeds or throws anything else. */
export async function failureOf(run: Promise<unknown>): Promise<NotifyFailure> {
  const outcome = await run.then(
    () => 'no failure at all',
    (error: unknown) => error,
  );
  if (outcome instanceof NotifyFailure) return outcome;
  throw new Error(`Expected a NotifyFailure, got ${String(outcome)}`);
}

/** One of the two halves that make an emoji, without the other. */
export const HALF_A_CHARACTER = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
