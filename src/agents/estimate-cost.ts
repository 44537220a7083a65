import type { AgentDefinition } from '../contract/schemas/agent';
import { estimateCost } from '../domain/estimate';
import { toUsd } from '../domain/money';
import type { TokenUsage } from './agent';
import { priceUsd } from './cost';
import type { InProcessAgents } from './in-process';
import { readCost } from './reported-cost';
import { countTokens } from './tokens';

/** What a model is assumed to write when nothing limits it. */
const DEFAULT_OUTPUT_TOKENS = 1_000;
const SAFETY_FACTOR = 1.2;
/** Longer inputs are counted up to here and scaled up: an estimate must not take a second. */
const LONGEST_COUNTED_TEXT = 200_000;

/**
 * What one call is expected to cost, in USD: as the in-process agent itself says, else the definition's own estimate, else the
 * input's tokens at known prices with a margin of a fifth, else the formula by platform and complexity.
 */
export function estimateCostUsd(agent: AgentDefinition, input: unknown, inProcess: InProcessAgents = {}): number {
  const own = ownEstimateUsd(agent, input, inProcess) ?? agent.estimatedCostUsd;
  if (own !== undefined) return own;
  const usage = hasTokenPrice(agent) ? expectedUsage(agent, input) : null;
  const price = priceUsd(agent, usage);
  if (price !== null) return price * SAFETY_FACTOR;
  const { platform, complexity, model } = agent;
  return toUsd(estimateCost({ platform, complexity, ...(model === undefined ? {} : { model }), ...usage }));
}

// An estimate that throws or is no amount leaves the decision to the next source: it is a hint, the ledger is the limit.
function ownEstimateUsd(agent: AgentDefinition, input: unknown, inProcess: InProcessAgents): number | undefined {
  if (agent.platform !== 'in_process' || !Object.hasOwn(inProcess, agent.functionName)) return undefined;
  try {
    return readCost(inProcess[agent.functionName]?.estimateCostUsd?.(input, agent)) ?? undefined;
  } catch {
    return undefined;
  }
}

function hasTokenPrice({ prices, model }: AgentDefinition): boolean {
  if (prices === undefined) return model !== undefined;
  return prices.inputUsdPerToken !== undefined || prices.outputUsdPerToken !== undefined;
}

function expectedUsage(agent: AgentDefinition, input: unknown): TokenUsage {
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? null);
  const counted = text.slice(0, LONGEST_COUNTED_TEXT);
  const inputTokens = Math.ceil(countTokens(counted) * (text.length / Math.max(1, counted.length)));
  const outputTokens = 'maxOutputTokens' in agent ? (agent.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS) : DEFAULT_OUTPUT_TOKENS;
  return { inputTokens, outputTokens };
}
