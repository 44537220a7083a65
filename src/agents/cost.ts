import type { AgentDefinition } from '../contract/schemas/agent';
import { fromUsd, toUsd } from '../domain/money';
import { costOf as usageCost } from '../domain/pricing';
import type { AgentAnswer, TokenUsage } from './agent';
import { cataloguePriceUsd } from './price-catalogue';
import type { ReportedCost } from './reported-cost';

/** What is known of a call's cost. */
export interface CostEvidence {
  readonly reported?: ReportedCost;
  readonly usage: TokenUsage | null;
  /** The model that the provider says it used: a deployment's or an alias's real name. */
  readonly reportedModel?: string | undefined;
}

/**
 * What a call cost: as reported, else usage x price, else unknown (null; the ledger then charges the estimate, flagged).
 * A report that is no cost makes it unknown at once; a model without a price is unknown, never free.
 */
export function costOf(agent: AgentDefinition, evidence: CostEvidence): Pick<AgentAnswer, 'costUsd' | 'costSource'> {
  const { reported, usage, reportedModel } = evidence;
  if (reported === null) return { costUsd: null, costSource: 'estimate' };
  if (reported !== undefined) return { costUsd: reported, costSource: 'reported' };
  const costUsd = priceUsd(agent, usage, reportedModel);
  return { costUsd, costSource: costUsd === null ? 'estimate' : 'usage' };
}

/** Usage x price, in USD: by the agent's own prices, else by the public list. Null where a rate or the usage is missing. */
export function priceUsd(agent: AgentDefinition, usage: TokenUsage | null, reportedModel?: string): number | null {
  if (agent.prices !== undefined) return ownPriceUsd(agent.prices, usage);
  if (usage === null) return null;
  const endpoint = 'endpoint' in agent ? agent.endpoint : undefined;
  for (const model of [reportedModel, agent.model]) {
    const price = model === undefined ? null : cataloguePriceUsd(model, usage, endpoint);
    // The list's arithmetic is binary; what is charged has six decimals.
    if (price !== null) return toUsd(fromUsd(price));
  }
  return null;
}

function ownPriceUsd(prices: NonNullable<AgentDefinition['prices']>, usage: TokenUsage | null): number | null {
  const { inputUsdPerToken, outputUsdPerToken, usdPerCall } = prices;
  const hasTokenRate = inputUsdPerToken !== undefined || outputUsdPerToken !== undefined;
  if (usage === null) return hasTokenRate ? null : (usdPerCall ?? null);
  if (isUnpriced(usage.inputTokens, inputUsdPerToken) || isUnpriced(usage.outputTokens, outputUsdPerToken)) return null;
  const rates = { inputUsdPerToken: inputUsdPerToken ?? 0, outputUsdPerToken: outputUsdPerToken ?? 0, usdPerCall: usdPerCall ?? 0 };
  return toUsd(usageCost({ ...usage, calls: 1 }, rates));
}

function isUnpriced(tokens: number, usdPerToken: number | undefined): boolean {
  return tokens > 0 && usdPerToken === undefined;
}
