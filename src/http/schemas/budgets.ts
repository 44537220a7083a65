import { z } from 'zod';
import { alertFields } from '../../contract/schemas/alert-config';
import { id, limitUsd } from '../../contract/schemas/primitives';
import { BUDGET_DEFAULTS, EnforcementMode } from '../../domain/budget';
import { isTimeZone } from '../../domain/period';
import { givenInstant, instant, scope } from './common';

// With what a raise may add to it, it is a safe integer still.
const count = z.number().int().min(0).max(1e12);
const limit = limitUsd.nullable().meta({ description: 'USD; null is unlimited, 0 is a limit' });
const executions = count.nullable().meta({ description: 'null is unlimited, 0 is a limit' });
const share = z.number().gt(0).max(100);

const { webhookUrl, webhookSecret, emailRecipients, thresholds, alertOncePerThreshold, cooldownMinutes } = alertFields;

/** How a budget alerts. What is left out is as the organization says; what the parts must be, the contract says. */
export const alerts = z
  .strictObject({
    webhook_url: webhookUrl,
    webhook_secret: webhookSecret,
    email_recipients: emailRecipients,
    thresholds: thresholds,
    alert_once_per_threshold: alertOncePerThreshold,
    cooldown_minutes: cooldownMinutes,
  })
  .partial();

const raise = z.strictObject({
  monthly_usd: limitUsd.default(0),
  daily_usd: limitUsd.default(0),
  monthly_executions: count.default(0),
  daily_executions: count.default(0),
  until: givenInstant.nullable().default(null).meta({ description: 'null: until the running period ends' }),
});

/** All fields of a budget but its id and scope. */
const fields = {
  monthly_budget_usd: limit,
  daily_budget_usd: limit,
  monthly_execution_limit: executions,
  daily_execution_limit: executions,
  enforcement_mode: z.enum(EnforcementMode),
  warning_threshold: share,
  degradation_threshold: share,
  timezone: z
    .string()
    .min(1)
    .max(100)
    .refine(isTimeZone, 'must be an IANA name, as Europe/Berlin')
    .meta({ description: 'An IANA name', examples: ['Europe/Berlin'] }),
  anchor_day: z.number().int().min(1).max(31),
  rollover_percent: z.number().int().min(0).max(25),
  raise: raise.nullable(),
  alerts,
};

/** What a budget says of itself: what is left out is unlimited, or the default. */
const said = {
  scope: scope.default({ team_id: null, user_id: null, external_agent_id: null }),
  monthly_budget_usd: fields.monthly_budget_usd.default(null),
  daily_budget_usd: fields.daily_budget_usd.default(null),
  monthly_execution_limit: fields.monthly_execution_limit.default(null),
  daily_execution_limit: fields.daily_execution_limit.default(null),
  enforcement_mode: fields.enforcement_mode.default(BUDGET_DEFAULTS.mode),
  warning_threshold: fields.warning_threshold.default(BUDGET_DEFAULTS.warningThreshold),
  degradation_threshold: fields.degradation_threshold.default(BUDGET_DEFAULTS.degradationThreshold),
  timezone: fields.timezone.default(BUDGET_DEFAULTS.timeZone),
  anchor_day: fields.anchor_day.default(BUDGET_DEFAULTS.anchorDay),
  rollover_percent: fields.rollover_percent.default(BUDGET_DEFAULTS.rolloverPercent),
  raise: fields.raise.default(null),
  alerts: alerts.default({}),
};

/** A budget as it is put. One that was read here can be put back: with a secret that an operator set, by an operator's key only. */
export const budgetBody = z
  .strictObject({
    ...said,
    // The path and the key say these; a body that repeats them must say the same.
    budget_id: id.optional(),
    organization_id: id.optional(),
    status: z.unknown().optional().meta({ description: 'As it was read: it changes nothing' }),
  })
  .meta({ id: 'BudgetBody' });
export type BudgetBody = z.output<typeof budgetBody>;

/** What is to change; the rest stays. Of alerts, each field alone; null: all as the organization says. */
export const budgetPatch = z
  .strictObject({ ...fields, alerts: alerts.nullable() })
  .partial()
  .meta({ id: 'BudgetPatch' });
export type BudgetPatch = z.output<typeof budgetPatch>;

const windowShape = z.object({
  start: instant,
  resets_at: instant,
  limit_usd: z.number().nullable(),
  spent_usd: z.number(),
  held_usd: z.number(),
  available_usd: z.number().nullable(),
  usage: z.number().nullable().meta({ description: 'A share of 1' }),
  executions: z.number().int(),
  execution_limit: z.number().int().nullable(),
});

export const statement = z
  .object({
    budget_id: z.string(),
    period_start: instant,
    period_end: instant,
    timezone: z.string(),
    closed_at: instant,
    limit_usd: z.number().nullable(),
    raised_usd: z.number(),
    carried_in_usd: z.number(),
    carried_out_usd: z.number(),
    spent_usd: z.number(),
    held_usd: z.number(),
    executions: z.number().int(),
    peak_usd: z.number(),
    peak_usage: z.number().nullable(),
    late_usd: z.number(),
    forecast_usd: z.number(),
  })
  .meta({ id: 'Statement' });

/** How a budget stands now. */
export const budgetStatusSchema = z
  .object({
    month: windowShape,
    day: windowShape,
    week: z.object({ start: instant, end: instant, charged_usd: z.number() }),
    carried_in_usd: z.number(),
    forecast_usd: z.number().nullable(),
    lifetime_spent_usd: z.number(),
    last_statement: statement.nullable(),
  })
  .meta({ id: 'BudgetStatus' });

/** A budget as it is shown. */
export const budget = z
  .object({
    ...said,
    budget_id: id,
    organization_id: id,
    scope: z.object({ team_id: id.nullable(), user_id: id.nullable(), external_agent_id: id.nullable() }),
    ...fields,
    raise: z
      .object({
        monthly_usd: z.number(),
        daily_usd: z.number(),
        monthly_executions: z.number(),
        daily_executions: z.number(),
        until: instant.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Budget' });

export const budgetWithStatus = z.object({ ...budget.shape, status: budgetStatusSchema }).meta({ id: 'BudgetWithStatus' });

export const entry = z
  .object({
    entry_id: z.number().int(),
    key: z.string(),
    attempt_id: z.string().nullable(),
    kind: z.string(),
    at: instant,
    budget_id: z.string().nullable(),
    period_start: instant.nullable(),
    day_start: instant.nullable(),
    spent_usd: z.number(),
    held_usd: z.number(),
    overage_usd: z.number(),
    is_unconfirmed: z.boolean(),
    is_late: z.boolean(),
    execution_success: z.boolean().nullable(),
    metadata: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Entry' });
