import { sumOfProductsInMicro } from './decimal';
import { InvalidAmount } from './errors';
import { microUsd, type MicroUsd } from './money';

export type Complexity = 'simple' | 'standard' | 'complex';

export interface EstimateRequest {
  readonly platform: string;
  readonly complexity: Complexity;
  readonly model?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

const MARGIN = 1.2;
const UNKNOWN_PLATFORM_USD = 0.03;
// Maps, because names come from callers: an object would answer `constructor` with a function.
const BASE_USD: ReadonlyMap<string, number> = new Map([
  ['copilot_studio', 0.05],
  ['azure_openai', 0.04],
  ['openai_compatible', 0.04],
  ['third_party_agent', UNKNOWN_PLATFORM_USD],
  ['power_automate', 0.02],
  ['custom_rest_api', 0.01],
]);
const FACTOR: Readonly<Record<Complexity, number>> = { simple: 0.5, standard: 1, complex: 2 };
const UNKNOWN_MODEL_USD = 0.03;
const USD_PER_1000_TOKENS: ReadonlyMap<string, number> = new Map([
  ['gpt-4', UNKNOWN_MODEL_USD],
  ['gpt-4-turbo', 0.01],
  ['gpt-3.5-turbo', 0.001],
]);

/**
 * 1.2 x (base x complexity + tokens in / 1000 x r + tokens out / 1000 x 2r): the guide's formula for a call of which only
 * platform, complexity and perhaps tokens are known. Throws InvalidAmount for counts that are none.
 */
export function estimateCost({ platform, complexity, model = '', inputTokens = 0, outputTokens = 0 }: EstimateRequest): MicroUsd {
  for (const count of [inputTokens, outputTokens]) {
    if (!Number.isSafeInteger(count) || count < 0) throw new InvalidAmount(`${String(count)} is not a count of tokens`);
  }
  const rate = USD_PER_1000_TOKENS.get(model) ?? UNKNOWN_MODEL_USD;
  const products = [
    [MARGIN, BASE_USD.get(platform) ?? UNKNOWN_PLATFORM_USD, FACTOR[complexity]],
    [MARGIN, inputTokens, 0.001, rate],
    [MARGIN, outputTokens, 0.001, rate, 2],
  ];
  return microUsd(sumOfProductsInMicro(products));
}
