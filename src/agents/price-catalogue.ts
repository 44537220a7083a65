import { calcPrice, type PriceCalculation } from '@pydantic/genai-prices';
import type { TokenUsage } from './agent';

/** What the public price list (bundled, never fetched) asks for these tokens, in USD; null when it has no full price for the model. */
export function cataloguePriceUsd(model: string, { inputTokens, outputTokens }: TokenUsage, endpoint?: string): number | null {
  const price = lookUp(model, { input_tokens: inputTokens, output_tokens: outputTokens }, endpoint);
  if (price === null) return null;
  // Embedding models have no output price, and the list would count such tokens as free.
  if (inputTokens > 0 && price.model_price['input_mtok'] === undefined) return null;
  if (outputTokens > 0 && price.model_price['output_mtok'] === undefined) return null;
  // A price of 0 is a gap in the list as often as a free model: whoever knows it is free says so in the agent's own prices.
  return Number.isFinite(price.total_price) && price.total_price > 0 ? price.total_price : null;
}

function lookUp(model: string, usage: Record<string, number>, endpoint: string | undefined): PriceCalculation | null {
  try {
    const byProvider = endpoint === undefined ? null : calcPrice(usage, model, { providerApiUrl: endpoint });
    return byProvider ?? calcPrice(usage, model);
  } catch {
    // A model that the list cannot price must not turn a paid answer into a failure.
    return null;
  }
}
