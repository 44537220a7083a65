import { z } from 'zod';
import { agentDefinition } from '../../contract/schemas/agent';
import { id } from '../../contract/schemas/primitives';
import { snakeCase } from '../snake';
import { budgetStatusSchema } from './budgets';

/** The contract's definitions, their fields named as JSON is here. What ties fields to each other, the contract checks. */
const variants = agentDefinition.options.map(snakeObject);

function snakeObject({ shape }: z.ZodObject): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape as z.core.$ZodShape).map(([name, field]) => [snakeCase(name), snakeField(field)])),
  );
}

function snakeField(field: z.core.$ZodType): z.core.$ZodType {
  const inner: unknown = field instanceof z.ZodOptional ? field.unwrap() : null;
  return inner instanceof z.ZodObject ? snakeObject(inner).optional() : field;
}

// The path names the agent; a body that repeats it, as one that was read here does, must say the same.
const puttable = variants.map((variant) => variant.extend({ agent_id: id.optional() }));

type Variants = [z.ZodObject<{ platform: z.ZodLiteral<string> }>, ...z.ZodObject<{ platform: z.ZodLiteral<string> }>[]];

export const agentBody = z.discriminatedUnion('platform', puttable as unknown as Variants).meta({ id: 'AgentBody' });
export const agent = z.discriminatedUnion('platform', variants as unknown as Variants).meta({ id: 'Agent' });

const flags = {
  usage: z.number().meta({ description: 'The highest share of a cost limit that is spent or held' }),
  warning_triggered: z.boolean(),
  warning_message: z.string().nullable(),
  degraded_mode: z.boolean(),
};

export const governanceStatus = z
  .object({
    external_agent_id: id,
    is_registered: z.boolean(),
    ...flags,
    remaining_budget_usd: z.number().nullable().meta({ description: 'The least that a cost limit leaves; null is unlimited' }),
    budgets: z.array(z.object({ ...flags, budget_id: id, status: budgetStatusSchema })),
  })
  .meta({ id: 'GovernanceStatus' });
