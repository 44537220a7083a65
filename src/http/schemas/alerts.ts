import { z } from 'zod';
import { alertFields } from '../../contract/schemas/alert-config';
import { DEFAULT_POLICY } from '../../domain/budget';
import { alerts } from './budgets';
import { instant } from './common';

const channel = z.enum(['webhook', 'slack', 'teams', 'email']);

export const alertParams = z.string().regex(/^[1-9]\d{0,14}$/, 'must be the number of an alert');

export const alert = z
  .object({
    alert_id: z.number().int(),
    budget_id: z.string(),
    event: z.enum(['budget.warning', 'budget.exhausted', 'budget.denied', 'budget.reset']),
    created_at: instant,
    give_up_at: instant,
    external_agent_id: z.string().nullable(),
    crossings: z.array(
      z.object({
        window: z.enum(['month', 'day']),
        kind: z.enum(['cost', 'executions']),
        window_start: instant,
        threshold: z.number(),
        usage: z.number(),
        at: instant,
      }),
    ),
    denials: z.object({ count: z.number().int(), reason: z.string() }).nullable(),
    is_digest: z.boolean(),
    deliveries: z.array(
      z.object({
        channel,
        target: z.string(),
        state: z.enum(['pending', 'sent', 'failed', 'disabled']),
        attempts: z.number().int(),
        answer: z.string().nullable().meta({ description: 'What the last attempt was answered' }),
        remaining: z
          .array(z.string())
          .nullable()
          .meta({ description: 'Recipients of an email who have not had it, while others have; null: nobody has, or all' }),
        refused: z.array(z.string()),
        note: z.string().nullable(),
        not_before: instant,
        updated_at: instant,
      }),
    ),
  })
  .meta({ id: 'Alert' });

export const testReport = z
  .object({ reports: z.array(z.object({ channel, is_delivered: z.boolean(), answer: z.string() })) })
  .meta({ id: 'AlertTest' });

export const sendAgainBody = z.strictObject({ channel }).meta({ id: 'SendAgainBody' });

/** What an organization decides; what is left out is the default. */
export const policyBody = z
  .strictObject({
    no_budget: z.enum(['allow', 'deny']).default(DEFAULT_POLICY.noBudget),
    unconfirmed_cost: z.enum(['estimate', 'zero']).default(DEFAULT_POLICY.unconfirmedCost),
    failed_cost: z.enum(['estimate', 'zero']).default(DEFAULT_POLICY.failedCost),
    alerts: alerts.default({}),
    requires: z
      .strictObject({ team_id: z.boolean().default(false), user_id: z.boolean().default(false) })
      .default({ team_id: false, user_id: false })
      .meta({ description: 'Whom every call must name' }),
  })
  .meta({ id: 'PolicyBody' });

const { webhookUrl, webhookSecret } = alertFields;

export const policy = z
  .object({
    no_budget: z.enum(['allow', 'deny']),
    unconfirmed_cost: z.enum(['estimate', 'zero']),
    failed_cost: z.enum(['estimate', 'zero']),
    alerts: z.object({
      webhook_url: webhookUrl,
      webhook_secret: webhookSecret,
      email_recipients: z.array(z.string()),
      thresholds: z.array(z.number()),
      alert_once_per_threshold: z.boolean(),
      cooldown_minutes: z.number(),
    }),
    requires: z.object({ team_id: z.boolean(), user_id: z.boolean() }),
  })
  .meta({ id: 'Policy' });
