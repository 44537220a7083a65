import { z } from 'zod';
import { SCOPE_LEVELS } from '../../domain/scope';
import { costUsd, id, key, ttlMs, usd } from './primitives';

const call = { organizationId: id, externalAgentId: id, teamId: id.optional(), userId: id.optional() };

/** What a caller notes with a cost; whether the metadata can be kept is for the ledger to say. */
const note = { executionSuccess: z.boolean().optional(), metadata: z.record(z.string(), z.unknown()).optional() };

export const budgetCheckRequest = z.strictObject({ ...call, estimatedCost: costUsd });
export const costRequest = z.strictObject({ ...call, ...note, actualCost: costUsd, key: key.optional() });
export const reservationRequest = z.strictObject({ ...call, estimatedCost: costUsd, key: key.optional(), ttlMs: ttlMs.optional() });
export const reservationReference = z.strictObject({ organizationId: id, key });
/** A null cost is unknown. It must be written: a cost that is missing may have been forgotten. */
export const commitRequest = z.strictObject({ organizationId: id, key, ...note, actualCost: costUsd.nullable() });

const share = z.number().gt(0);

export const enforcerConfig = z.strictObject({
  warningThreshold: share.optional(),
  degradationThreshold: share.optional(),
  enforcementMode: z.enum(['hard', 'soft']).optional(),
});

const count = z.number().int().min(0);

/** Limits of a plain budget with what counts against each. A count that is not said is unknown, and never 0. */
const PAIRS = [
  ['monthlyBudgetUsd', 'monthlySpentUsd'],
  ['dailyBudgetUsd', 'dailySpentUsd'],
  ['monthlyExecutionLimit', 'monthlyExecutions'],
  ['dailyExecutionLimit', 'dailyExecutions'],
] as const;

export const externalAgentBudget = z
  .strictObject({
    ...call,
    organizationId: id.default('default'),
    scope: z.enum(SCOPE_LEVELS).default('agent'),
    monthlyBudgetUsd: usd.nullable().default(null),
    monthlySpentUsd: usd.optional(),
    dailyBudgetUsd: usd.nullable().default(null),
    dailySpentUsd: usd.optional(),
    monthlyExecutionLimit: count.nullable().default(null),
    monthlyExecutions: count.optional(),
    dailyExecutionLimit: count.nullable().default(null),
    dailyExecutions: count.optional(),
  })
  .superRefine((budget, context) => {
    for (const [limit, used] of PAIRS) {
      if (budget[limit] === null || budget[used] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [used], message: `must say how much of ${limit} is used; 0 for nothing` });
    }
    for (const level of ['team', 'user'] as const) {
      if (budget.scope !== level || budget[`${level}Id`] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [`${level}Id`], message: `must name the ${level} of a budget of scope ${level}` });
    }
  });
