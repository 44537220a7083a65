import { z } from 'zod';
import { costUsd, id, key, ttlMs } from './primitives';

/** BudgetRequest, checked. */
export const budgetRequest = z.strictObject({
  organizationId: id,
  teamId: id.optional(),
  userId: id.optional(),
  agentId: id.optional(),
  estimatedCostUsd: costUsd,
  key: key.optional(),
  ttlMs: ttlMs.optional(),
  chargedBy: z.enum(['amount', 'attempts']).optional(),
});

/** InvocationRequest, checked. A null estimate is refused: NaN arrives as null, and unknown is written by leaving it out. */
export const invocationRequest = z.strictObject({
  organizationId: id,
  agentId: id,
  teamId: id.optional(),
  userId: id.optional(),
  input: z.json(),
  estimatedCostUsd: costUsd.optional(),
  idempotencyKey: key.optional(),
  ttlMs: ttlMs.optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  fingerprint: z.string().min(1).max(200).optional(),
});

/** PageRequest, checked. Whether the zone is one is for the domain to say. */
export const pageRequest = z.strictObject({
  timeZone: z.string().min(1).max(100),
  at: z.number().int(),
  after: z.strictObject({ organizationId: id, budgetId: id }).nullable(),
  most: z.number().int().min(1).max(5_000),
});
