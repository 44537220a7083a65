import { z } from 'zod';
import { DenialCode } from '../../domain/decision';
import { instant } from './common';

const problem = {
  type: z.string().meta({ examples: ['urn:agent-budget:problem:invalid-request'] }),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
};

const problemDetails = z.looseObject(problem).meta({ id: 'Problem' });

const invalid = z
  .looseObject({ ...problem, errors: z.array(z.object({ path: z.string(), message: z.string() })) })
  .meta({ id: 'InvalidRequest' });

const denied = z
  .looseObject({
    ...problem,
    code: z.enum(DenialCode),
    budget_id: z.string().nullable(),
    scope: z.object({
      organization_id: z.string(),
      team_id: z.string().nullable(),
      user_id: z.string().nullable(),
      external_agent_id: z.string().nullable(),
    }),
    limit_usd: z.number().nullable().meta({ description: 'The amounts in USD are null where executions are limited' }),
    spent_usd: z.number().nullable(),
    held_usd: z.number().nullable(),
    requested_usd: z.number().nullable(),
    available_usd: z.number().nullable(),
    execution_limit: z.number().int().nullable(),
    executions: z.number().int().nullable(),
    resets_at: instant.nullable(),
    holds: z
      .array(
        z.object({
          key: z.string().nullable(),
          invocation_id: z.string().nullable(),
          held_usd: z.number(),
          since: instant,
          web_ui_link: z.string().nullable(),
        }),
      )
      .meta({ description: 'The largest holds that stand in the way. Whose they are is told to keys that may see them' }),
  })
  .meta({ id: 'Denial' });

const DESCRIPTIONS = {
  400: 'The request is not valid',
  401: 'No valid key',
  402: 'A budget denies the call',
  403: 'The key may not do this',
  404: 'There is no such thing',
  409: 'It conflicts with what is there',
  413: 'The body is too large',
  415: 'The body is not application/json',
  429: 'Too many requests; Retry-After says when to come back',
  502: 'The agent failed',
  503: 'The service cannot answer now; Retry-After says when to come back',
} as const;
type ProblemStatus = keyof typeof DESCRIPTIONS;

/** What every route of the API may answer. */
const COMMON = [400, 401, 403, 429, 503] as const;

/** The problems that a route answers, besides those that every route does. */
export function problems(...statuses: readonly ProblemStatus[]) {
  return Object.fromEntries([...COMMON, ...statuses].map((status) => [status, answerOf(status)]));
}

function answerOf(status: ProblemStatus) {
  const schema = status === 400 ? invalid : status === 402 ? denied : problemDetails;
  return { description: DESCRIPTIONS[status], content: { 'application/problem+json': { schema } } };
}
