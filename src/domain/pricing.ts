import { sumOfProductsInMicro } from './decimal';
import { InvalidAmount } from './errors';
import { microUsd, type MicroUsd } from './money';

/** What a call used. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly calls: number;
}

/** USD per token and per call. */
export interface Rates {
  readonly inputUsdPerToken?: number | undefined;
  readonly outputUsdPerToken?: number | undefined;
  readonly usdPerCall?: number | undefined;
}

/** The guide's sample rates, for what names none. */
export const SAMPLE_RATES = { inputUsdPerToken: 0.00001, outputUsdPerToken: 0.00003, usdPerCall: 0.001 } as const;

/** tokens in x rate in + tokens out x rate out + calls x per-call rate, exact to the micro-dollar. Throws InvalidAmount. */
export function costOf({ inputTokens, outputTokens, calls }: Usage, rates: Rates = {}): MicroUsd {
  for (const count of [inputTokens, outputTokens, calls]) {
    if (!Number.isSafeInteger(count) || count < 0) throw new InvalidAmount(`${String(count)} is not a count of tokens or calls`);
  }
  const { inputUsdPerToken = SAMPLE_RATES.inputUsdPerToken, outputUsdPerToken = SAMPLE_RATES.outputUsdPerToken } = rates;
  const { usdPerCall = SAMPLE_RATES.usdPerCall } = rates;
  for (const rate of [inputUsdPerToken, outputUsdPerToken, usdPerCall]) {
    if (!Number.isFinite(rate) || rate < 0) throw new InvalidAmount(`${String(rate)} is not a price`);
  }
  const products = [
    [inputTokens, inputUsdPerToken],
    [outputTokens, outputUsdPerToken],
    [calls, usdPerCall],
  ];
  return microUsd(sumOfProductsInMicro(products));
}
