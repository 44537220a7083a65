import { z } from 'zod';
import { costUsd, endpoint, id, secretReference, text } from './primitives';

/** Prices in USD: per token in, per token out, per call. A missing rate is unknown, never 0. */
const prices = z.strictObject({
  inputUsdPerToken: costUsd.optional(),
  outputUsdPerToken: costUsd.optional(),
  usdPerCall: costUsd.optional(),
});

/** A header that a definition may set: not one that frames the message or that the connector writes itself. */
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/, 'must be the name of an HTTP header')
  .refine(
    (name) => !/^(host|connection|content-length|transfer-encoding|upgrade|expect|te|trailer)$/i.test(name),
    'must not be a header of the connection',
  );

const common = {
  agentId: id,
  /** The model's name, for prices and estimates. */
  model: text({ least: 1, most: 200 }).optional(),
  prices: prices.optional(),
  /** How long one attempt may take. */
  timeoutMs: z.number().int().min(100).max(86_400_000).default(120_000),
  maxAttempts: z.number().int().min(1).max(20).default(3),
  /** What an attempt is assumed to cost when the caller gives no estimate; without it the estimate formula decides. */
  estimatedCostUsd: costUsd.optional(),
  complexity: z.enum(['simple', 'standard', 'complex']).default('standard'),
};

const httpAgent = {
  ...common,
  endpoint,
  /** Header names to secret references (`env:NAME`, `file:PATH`), resolved in the activity and never stored elsewhere. */
  secretHeaders: z.record(headerName, secretReference).default({}),
  /** Dotted paths into the answer where cost, usage and output are found. */
  costField: text({ most: 200 }).optional(),
  outputField: text({ most: 200 }).optional(),
};

/** A bot of Copilot Studio, reached by Direct Line: by its secret, or by tokens of its token endpoint (unsecured bots). */
const copilotStudio = z
  .strictObject({
    platform: z.literal('copilot_studio'),
    ...common,
    secret: secretReference.optional(),
    tokenEndpoint: endpoint.optional(),
    /** The channel's base URL. Without it: the one of the bot's region, as Copilot Studio's token endpoint tells it, else the global one. */
    endpoint: endpoint.optional(),
    /** Direct Line never says that an answer is complete, so it is when no message has come for this long. */
    quietPeriodMs: z.number().int().min(0).max(600_000).default(5_000),
    pollIntervalMs: z.number().int().min(50).max(60_000).default(1_000),
  })
  .refine(({ secret, tokenEndpoint }) => (secret === undefined) !== (tokenEndpoint === undefined), {
    path: ['secret'],
    message: 'give either a secret or a token endpoint',
  })
  .refine(({ quietPeriodMs, timeoutMs }) => quietPeriodMs < timeoutMs, {
    path: ['quietPeriodMs'],
    message: 'must be shorter than the time-out, or every call would time out',
  });

/** An agent as the registry holds it: where it is, what it costs, how long it may take. */
export const agentDefinition = z.discriminatedUnion('platform', [
  z.strictObject({ platform: z.literal('in_process'), ...common, functionName: text({ least: 1, most: 200 }) }),
  z.strictObject({ platform: z.literal('custom_rest_api'), ...httpAgent }),
  z.strictObject({ platform: z.literal('third_party_agent'), ...httpAgent }),
  z.strictObject({ platform: z.literal('power_automate'), ...httpAgent }),
  z.strictObject({
    platform: z.literal('openai_compatible'),
    ...common,
    model: text({ least: 1, most: 200 }),
    /** The base URL, for example `http://localhost:4000/v1`. */
    endpoint,
    apiKey: secretReference,
    maxOutputTokens: z.number().int().min(1).max(1_000_000).optional(),
  }),
  z.strictObject({
    platform: z.literal('azure_openai'),
    ...common,
    /** The deployment's name. */
    model: text({ least: 1, most: 200 }),
    endpoint,
    apiKey: secretReference,
    apiVersion: text({ most: 40 }),
    maxOutputTokens: z.number().int().min(1).max(1_000_000).optional(),
  }),
  copilotStudio,
]);
export type AgentDefinition = z.infer<typeof agentDefinition>;
/** What a caller writes: defaults may be left out. */
export type AgentDefinitionInput = z.input<typeof agentDefinition>;
