import { webhookBody } from '../../src/notify/webhook';
import { alert, crossing, day, month } from './support';

/** Word for word what SEED.md promises. */
const SEED = `{
  "event": "budget.warning",
  "external_agent_id": "agent-001",
  "organization_id": "org-001",
  "threshold": 0.75,
  "current_usage_percentage": 0.78,
  "monthly_spent_usd": 780.0,
  "monthly_budget_usd": 1000.0,
  "remaining_budget_usd": 220.0,
  "timestamp": "2026-01-04T12:00:00Z"
}`;

it('the payload of SEED.md comes first, field for field', () => {
  const seed = JSON.parse(SEED) as object;
  const body = JSON.parse(JSON.stringify(webhookBody(alert()))) as object;
  expect(JSON.stringify(Object.fromEntries(Object.entries(body).slice(0, 9)))).toBe(JSON.stringify(seed));
  expect(Object.entries(body).slice(9)).toEqual(
    Object.entries({
      id: 'alert-1',
      budget_id: 'acme-monthly',
      scope: { organization_id: 'org-001', team_id: null, user_id: null, external_agent_id: 'agent-001' },
      window: 'month',
      period: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' },
      crossings: [
        { window: 'month', window_start: '2026-01-01T00:00:00Z', kind: 'cost', threshold: 0.75, usage: 0.78, at: '2026-01-04T12:00:00Z' },
      ],
      resets_at: '2026-02-01T00:00:00Z',
      forecast_usd: 6045,
      digest: false,
      test: false,
    }),
  );
});

const monthOnly = { monthly_spent_usd: 780, monthly_budget_usd: 1_000, remaining_budget_usd: 220 };
const daily = { daily_spent_usd: 48, daily_budget_usd: 50, daily_remaining_usd: 2, daily_resets_at: '2026-01-05T00:00:00Z' };
const busyDay = { ...day, spentUsd: 48, remainingUsd: 2, usage: 0.96 };
const inDay = { window: 'day', usage: 0.96 } as const;

it.each([
  [
    'denied by the day: the day, though nothing was crossed',
    {
      event: 'budget.denied',
      crossings: [],
      day: busyDay,
      denials: { count: 1, reason: 'Daily budget exceeded', window: 'day', kind: 'cost' },
    },
    { threshold: null, current_usage_percentage: 0.96, window: 'day', resets_at: '2026-01-05T00:00:00Z', ...monthOnly, ...daily },
  ],
  [
    'of several crossings the highest',
    { crossings: [crossing(0.5), crossing(0.75), crossing(0.9)] },
    { threshold: 0.9, current_usage_percentage: 0.78, window: 'month' },
  ],
  [
    'only the day: the day, beside the month',
    { crossings: [crossing(0.9, inDay)], day: busyDay },
    { threshold: 0.9, current_usage_percentage: 0.96, window: 'day', resets_at: '2026-01-05T00:00:00Z', ...monthOnly, ...daily },
  ],
  [
    'the day higher than the month: the day',
    { crossings: [crossing(0.75), crossing(0.9, inDay)], day: busyDay },
    { threshold: 0.9, current_usage_percentage: 0.96, ...daily },
  ],
  [
    'both at the same: the month, with the amounts of the day',
    { crossings: [crossing(0.75, inDay), crossing(0.75)], day: busyDay },
    { threshold: 0.75, current_usage_percentage: 0.78, window: 'month', ...daily },
  ],
  [
    'executions of the month: their share',
    { crossings: [crossing(0.9, { kind: 'executions', usage: 0.91 })], month: { ...month, executions: 92, executionLimit: 100 } },
    { threshold: 0.9, current_usage_percentage: 0.92, monthly_executions: 92, monthly_execution_limit: 100 },
  ],
  [
    'executions whose limit was lifted since: the share of then',
    { crossings: [crossing(0.9, { kind: 'executions', window: 'day', usage: 0.91 })] },
    { threshold: 0.9, current_usage_percentage: 0.91, window: 'day', daily_executions: 7, daily_execution_limit: null },
  ],
  [
    'a denial: no threshold, the usage of the month',
    { event: 'budget.denied', crossings: [], denials: { count: 3, reason: 'Monthly budget exceeded', window: 'month', kind: 'cost' } },
    { event: 'budget.denied', threshold: null, current_usage_percentage: 0.78, denials: { count: 3, reason: 'Monthly budget exceeded' } },
  ],
  [
    'a reset: the period that ended',
    { event: 'budget.reset', crossings: [], closed: { start: month.start, end: month.resetsAt, spentUsd: 780, limitUsd: null } },
    {
      threshold: null,
      closed_period: { start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', spent_usd: 780, budget_usd: null },
    },
  ],
  [
    'unlimited and without an agent: nulls',
    { agentId: null, crossings: [], forecastUsd: null, month: { ...month, limitUsd: null, remainingUsd: null, usage: null } },
    {
      external_agent_id: null,
      current_usage_percentage: null,
      monthly_budget_usd: null,
      remaining_budget_usd: null,
      forecast_usd: null,
    },
  ],
] as const)('%s', (_, more, expected) => {
  expect(webhookBody(alert(more))).toMatchObject(expected);
});

it('says nothing of the day, of executions, denials or a closed period where they are not the matter', () => {
  expect(Object.keys(webhookBody(alert())).join(' ')).not.toMatch(/daily|execution|denials|closed/);
});
