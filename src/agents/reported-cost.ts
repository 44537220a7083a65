import { LARGEST_COST_USD } from '../domain/money';

/** LiteLLM and gateways like it say here what a call cost, in USD. */
export const COST_HEADER = 'x-litellm-response-cost';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cost in USD as the provider reported it; null: it reported something that is no cost; undefined: it reported none. */
export type ReportedCost = number | null | undefined;

/** Takes what a provider says of its cost. NaN, infinities, negatives and other nonsense are unknown (null): neither free nor a credit. */
export function readCost(value: unknown): ReportedCost {
  const text = typeof value === 'string' ? value.trim() : value;
  // Gateways that do not know a cost write their language's word for nothing.
  if (text === undefined || text === null || text === '' || text === 'None' || text === 'null') return undefined;
  if (typeof text !== 'string' && typeof text !== 'number') return null;
  // JavaScript reads more than decimals: 0x10 would be 16 USD.
  if (typeof text === 'string' && !DECIMAL.test(text)) return null;
  const costUsd = Number(text);
  return Number.isFinite(costUsd) && costUsd >= 0 && costUsd <= LARGEST_COST_USD ? costUsd : null;
}

/** The cost in a response's headers. */
export function readCostHeader(headers: Headers): ReportedCost {
  return readCost(headers.get(COST_HEADER));
}
