import { z } from 'zod';
import { costUsd, key } from '../../contract/schemas/primitives';
import { InvocationOutcome } from '../../contract/names/search-attributes';
import { denialInBody } from './ledger';
import { anyJson, caller, instant, metadata, tokenUsage, wholeInQuery } from './common';

export const invokeBody = z
  .strictObject({
    input: anyJson.refine((input) => input !== undefined, 'must be there'),
    ...caller,
    estimated_cost_usd: costUsd.optional().meta({ description: "USD; without it the agent's own estimate counts" }),
    metadata: metadata.optional(),
  })
  .meta({ id: 'InvokeBody' });

export const invokeHeaders = z.object({
  'Idempotency-Key': key.optional().meta({ description: 'The same key and body is one run, also after it has ended' }),
  Prefer: z
    .string()
    .max(200)
    .optional()
    .meta({ description: '`respond-async` answers at once; `wait=N` waits at most N seconds', examples: ['respond-async', 'wait=10'] }),
});

export const invokeQuery = z.strictObject({
  wait: wholeInQuery(0, 3_600, { description: 'How many seconds to wait for the end' }).optional(),
});

export const invocation = z
  .object({
    invocation_id: z.string(),
    workflow_id: z.string(),
    status: z.enum(InvocationOutcome),
    phase: z.enum(['reserving', 'running', 'settling', 'ended']).nullable().meta({ description: 'null: no worker answers now' }),
    external_agent_id: z.string().nullable(),
    team_id: z.string().nullable(),
    user_id: z.string().nullable(),
    started_at: instant,
    output: z.unknown().meta({ description: "The agent's answer; null until it has one" }),
    cost_usd: z.number().nullable().meta({ description: 'What it was charged; null while it runs' }),
    reserved_usd: z.number().nullable(),
    overage_usd: z.number().nullable(),
    attempts: z.number().int().nullable(),
    is_unconfirmed: z.boolean().nullable().meta({ description: 'Some of the cost is assumed, since nobody knows it' }),
    usage: tokenUsage.nullable(),
    cost_source: z.enum(['reported', 'usage', 'estimate']).nullable(),
    budget: z
      .object({
        reason: z.string(),
        usage: z.number().meta({ description: 'The highest share of a cost limit, before the call' }),
        remaining_usd: z.number().nullable(),
        remaining_executions: z.number().int().nullable(),
        is_unbudgeted: z.boolean(),
      })
      .nullable()
      .meta({ description: 'How its budgets stood when it was let in' }),
    degraded_mode: z.boolean(),
    warning_triggered: z.boolean(),
    warning_message: z.string().nullable(),
    denial: denialInBody,
    error: z.object({ type: z.string(), message: z.string() }).nullable(),
    web_ui_link: z.string().nullable(),
  })
  .meta({ id: 'Invocation' });
