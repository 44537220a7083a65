import { z } from 'zod';
import { HoldState } from '../../domain/ledger';
import { costUsd, id, key } from '../../contract/schemas/primitives';
import { anyJson, caller, instant, metadata, tokenUsage } from './common';

const ttlSeconds = z
  .number()
  .int()
  .min(1)
  .max(31 * 86_400);

export const denialInBody = z.record(z.string(), z.unknown()).nullable().meta({ description: 'The fields of a 402' });

export const checkBody = z
  .strictObject({
    external_agent_id: id,
    ...caller,
    estimated_cost_usd: costUsd
      .optional()
      .meta({ description: "USD; without it, what the registered agent's run on `input` is estimated at" }),
    input: anyJson.optional(),
  })
  .meta({ id: 'BudgetCheckBody' });

const decision = {
  allowed: z.boolean(),
  reason: z.string(),
  remaining_budget_usd: z.number().nullable().meta({ description: 'The least that a cost limit leaves; null is unlimited' }),
  usage_percentage: z.number().meta({ description: 'A share: .78 is 78 %' }),
  warning_triggered: z.boolean(),
  warning_message: z.string().nullable(),
  degraded_mode: z.boolean(),
  is_unbudgeted: z.boolean(),
};

export const checkAnswer = z
  .object({ ...decision, estimated_cost_usd: z.number(), denial: denialInBody, soft_denial: denialInBody })
  .meta({ id: 'BudgetCheck' });

export const reservationBody = z
  .strictObject({
    key,
    external_agent_id: id,
    ...caller,
    estimated_cost_usd: costUsd,
    ttl_seconds: ttlSeconds.optional().meta({ description: 'How long it holds without a sign of life; 600 unless told' }),
  })
  .meta({ id: 'ReservationBody' });

const held = {
  key: z.string(),
  state: z.enum(HoldState),
  reserved_usd: z.number(),
  held_usd: z.number(),
  charged_usd: z.number(),
  overage_usd: z.number(),
  attempts: z.number().int(),
  is_unconfirmed: z.boolean(),
  is_late: z.boolean(),
};

/** What the ledger says of a key once it is charged or given back. */
export const settledHold = z.object(held).meta({ id: 'Hold' });

export const grantedReservation = z.object({ ...held, ...decision, expires_at: instant }).meta({ id: 'Reservation' });

export const reservationState = z
  .object({
    ...held,
    external_agent_id: z.string().nullable(),
    team_id: z.string().nullable(),
    user_id: z.string().nullable(),
    expires_at: instant,
    settled_at: instant.nullable(),
  })
  .meta({ id: 'ReservationState' });

const note = { execution_success: z.boolean().optional(), metadata: metadata.optional() };

export const commitBody = z
  .strictObject({
    actual_cost_usd: costUsd.nullable().meta({ description: 'USD; null is unknown: priced by `usage` where that can be, else assumed' }),
    usage: tokenUsage.optional(),
    ...note,
  })
  .meta({ id: 'CommitBody' });

export const extension = z
  .object({ key: z.string(), is_held: z.boolean().meta({ description: 'false: it has ended' }), expires_at: instant })
  .meta({ id: 'Extension' });

export const costBody = z
  .strictObject({ key, external_agent_id: id, ...caller, actual_cost_usd: costUsd, ...note })
  .meta({ id: 'CostBody' });
