import { costOf } from '../../src/agents/cost';
import { readCost } from '../../src/agents/reported-cost';
import { readUsage } from '../../src/agents/usage';
import { definition } from './fixtures';

const usage = { inputTokens: 1000, outputTokens: 500 };
const rest = { platform: 'custom_rest_api', agentId: 'a', endpoint: 'https://agents.example' } as const;
const unknown = { costUsd: null, costSource: 'estimate' };

describe('cost: reported, else usage x price, else unknown', () => {
  it.each([
    [
      'reported wins over usage',
      { prices: { inputUsdPerToken: 1, outputUsdPerToken: 1 } },
      { reported: 0.25, usage },
      { costUsd: 0.25, costSource: 'reported' },
    ],
    ['a reported 0 is 0', {}, { reported: 0, usage }, { costUsd: 0, costSource: 'reported' }],
    ['an unreadable report is unknown, whatever the prices', { prices: { usdPerCall: 1 } }, { reported: null, usage: null }, unknown],
    [
      'own prices',
      { prices: { inputUsdPerToken: 0.00001, outputUsdPerToken: 0.00003, usdPerCall: 0.001 } },
      { usage },
      { costUsd: 0.026, costSource: 'usage' },
    ],
    [
      'own prices win over the public list',
      { model: 'gpt-4o', prices: { inputUsdPerToken: 0, outputUsdPerToken: 0 } },
      { usage },
      { costUsd: 0, costSource: 'usage' },
    ],
    ['the public list', { model: 'gpt-4o' }, { usage }, { costUsd: 0.0075, costSource: 'usage' }],
    [
      'the provider names the model',
      { model: 'house-alias' },
      { usage, reportedModel: 'gpt-4o' },
      { costUsd: 0.0075, costSource: 'usage' },
    ],
    ['an unpriced model costs 0: no, unknown', { model: 'no-such-model' }, { usage }, unknown],
    ['no model', {}, { usage }, unknown],
    ['a model without output price', { model: 'text-embedding-3-small' }, { usage }, unknown],
    ['no usage', { model: 'gpt-4o' }, { usage: null }, unknown],
    ['no rate for the output', { prices: { inputUsdPerToken: 0.00001 } }, { usage }, unknown],
    [
      'no rate for output that there is none of',
      { prices: { inputUsdPerToken: 0.001 } },
      { usage: { inputTokens: 10, outputTokens: 0 } },
      { costUsd: 0.01, costSource: 'usage' },
    ],
    ['a rate per call alone, tokens present', { prices: { usdPerCall: 0.5 } }, { usage }, unknown],
    ['a rate per call alone, no tokens', { prices: { usdPerCall: 0.5 } }, { usage: null }, { costUsd: 0.5, costSource: 'usage' }],
    ['token rates, no usage', { prices: { inputUsdPerToken: 1, outputUsdPerToken: 1, usdPerCall: 1 } }, { usage: null }, unknown],
  ])('%s', (_, agent, evidence, expected) => {
    const cost = costOf(definition({ ...rest, ...agent }), evidence);
    expect(cost.costSource).toBe(expected.costSource);
    if (expected.costUsd === null) expect(cost.costUsd).toBeNull();
    else expect(cost.costUsd).toBeCloseTo(expected.costUsd, 9);
  });
});

describe('what a provider reports as cost', () => {
  it.each([
    [0.5, 0.5],
    ['0.5', 0.5],
    [' 1e-6 ', 0.000001],
    [0, 0],
    ['0', 0],
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    ['None', undefined],
    // a negative cost is a credit: no
    [-1, null],
    ['-0.01', null],
    // NaN
    [Number.NaN, null],
    ['NaN', null],
    ['Infinity', null],
    [Number.POSITIVE_INFINITY, null],
    ['$0.50', null],
    ['0x10', null],
    ['1_000', null],
    [1e300, null],
    [true, null],
    [{ usd: 1 }, null],
  ])('%p is read as %p', (reported, expected) => {
    expect(readCost(reported)).toBe(expected);
  });
});

describe('usage', () => {
  it.each([
    ['OpenAI', { prompt_tokens: 3, completion_tokens: 4 }, { inputTokens: 3, outputTokens: 4 }],
    ['Anthropic', { input_tokens: 3, output_tokens: 0 }, { inputTokens: 3, outputTokens: 0 }],
    ['both 0 is not counted', { prompt_tokens: 0, completion_tokens: 0 }, null],
    ['half', { prompt_tokens: 3 }, null],
    ['negative', { prompt_tokens: -3, completion_tokens: 4 }, null],
    ['fractions', { prompt_tokens: 0.5, completion_tokens: 4 }, null],
    ['text', { prompt_tokens: '3', completion_tokens: 4 }, null],
    ['nothing', undefined, null],
    ['an array', [], null],
  ])('%s', (_, written, expected) => {
    expect(readUsage(written)).toEqual(expected);
  });
});
