import fc from 'fast-check';
import { estimateCost, type EstimateRequest } from '../../src/domain/estimate';
import { costOf, type Rates, type Usage } from '../../src/domain/pricing';
import { usd } from './support';

const invalidAmount = expect.objectContaining({ code: 'InvalidAmount' }) as Error;
const used = (inputTokens: number, outputTokens: number, calls: number): Usage => ({ inputTokens, outputTokens, calls });
const rates = (inputUsdPerToken: number, outputUsdPerToken: number, usdPerCall: number): Rates => ({
  ...{ inputUsdPerToken, outputUsdPerToken, usdPerCall },
});

describe('the actual cost', () => {
  test.each<[string, Usage, Rates, number]>([
    ['vector 50: 1000 in, 500 out, 1 call', used(1000, 500, 1), rates(0.00001, 0.00003, 0.001), 0.026],
    ['vector 50: the same rates where none is named', used(1000, 500, 1), {}, 0.026],
    ['vector 51: 5000 in, 2000 out, 10 calls, .01 per call', used(5000, 2000, 10), { usdPerCall: 0.01 }, 0.21],
    ['a rate of 0 is a rate', used(1000, 500, 1), rates(0, 0, 0), 0],
    ['nothing used costs nothing', used(0, 0, 0), {}, 0],
    ['a part of a micro-dollar is never 0', used(1, 0, 0), rates(1e-12, 0, 0), 0.000001],
    ['parts are added before they are rounded', used(1, 1, 0), rates(7e-7, 7e-7, 0), 0.000001],
    ['half a micro-dollar rounds up', used(1, 0, 0), rates(0.0000015, 0, 0), 0.000002],
    ['exact where binary is not: 3 x .1', used(0, 0, 3), rates(0, 0, 0.1), 0.3],
  ])('%s', (_name, usage, price, cost) => {
    expect(costOf(usage, price)).toBe(usd(cost));
  });

  test.each<[string, Usage, Rates]>([
    ['vector 56: negative tokens in', used(-1, 0, 1), {}],
    ['vector 56: negative tokens out', used(0, -1, 1), {}],
    ['negative calls', used(0, 0, -1), {}],
    ['half a token', used(0.5, 0, 0), {}],
    ['NaN tokens', used(NaN, 0, 0), {}],
    ['an infinite rate', used(1, 0, 0), { inputUsdPerToken: Infinity }],
    ['a negative rate', used(1, 0, 0), { outputUsdPerToken: -0.1 }],
    ['NaN a call', used(1, 0, 0), { usdPerCall: NaN }],
    ['more than money can count', used(Number.MAX_SAFE_INTEGER, 0, 0), { inputUsdPerToken: 1 }],
  ])('%s: rejected', (_name, usage, price) => {
    expect(() => costOf(usage, price)).toThrow(invalidAmount);
  });

  test('it is the exact sum, whatever the counts', () => {
    const count = fc.integer({ min: 0, max: 1e9 });
    const rate = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(count, count, count, rate, rate, rate, (input, output, calls, a, b, c) => {
        const exact = BigInt(input) * BigInt(a) + BigInt(output) * BigInt(b) + BigInt(calls) * BigInt(c);
        expect(BigInt(costOf(used(input, output, calls), rates(a / 1e6, b / 1e6, c / 1e6)))).toBe(exact);
      }),
    );
  });
});

describe('the estimate', () => {
  const standard = (platform: string, more: Partial<EstimateRequest> = {}): EstimateRequest => ({
    ...{ platform, complexity: 'standard', ...more },
  });

  test.each<[string, EstimateRequest, number]>([
    ['vector 52: copilot_studio simple', standard('copilot_studio', { complexity: 'simple' }), 0.03],
    ['vector 52: copilot_studio standard', standard('copilot_studio'), 0.06],
    ['vector 52: copilot_studio complex', standard('copilot_studio', { complexity: 'complex' }), 0.12],
    ['vector 53: 1000 in, gpt-4', standard('copilot_studio', { model: 'gpt-4', inputTokens: 1000 }), 0.096],
    ['vector 54: 1000 in, 500 out', standard('azure_openai', { model: 'gpt-4', inputTokens: 1000, outputTokens: 500 }), 0.12],
    ['vector 55: custom_rest_api', standard('custom_rest_api'), 0.012],
    ['vector 55: third_party_agent', standard('third_party_agent'), 0.036],
    ['vector 55: unknown', standard('unknown'), 0.036],
    ['vector 55: power_automate', standard('power_automate'), 0.024],
    ['vector 55: azure_openai', standard('azure_openai'), 0.048],
    ['openai_compatible is as azure_openai', standard('openai_compatible'), 0.048],
    ['in_process is unknown', standard('in_process'), 0.036],
    ['gpt-4-turbo', standard('azure_openai', { model: 'gpt-4-turbo', inputTokens: 1000 }), 0.06],
    ['gpt-3.5-turbo', standard('azure_openai', { model: 'gpt-3.5-turbo', outputTokens: 1000 }), 0.0504],
    ['any other model is as gpt-4', standard('copilot_studio', { model: 'other', inputTokens: 1000 }), 0.096],
    ['no model is as gpt-4', standard('copilot_studio', { inputTokens: 1000 }), 0.096],
    ['one token, to the micro-dollar', standard('custom_rest_api', { inputTokens: 1 }), 0.012036],
    ['a platform named like a method', standard('constructor'), 0.036],
    ['a model named like a method', standard('copilot_studio', { model: 'toString', inputTokens: 1000 }), 0.096],
    ['a platform named like a prototype', standard('__proto__'), 0.036],
  ])('%s', (_name, request, estimate) => {
    expect(estimateCost(request)).toBe(usd(estimate));
  });

  test.each([-1, 0.5, NaN, Infinity])('vector 56: %p tokens are rejected', (tokens) => {
    expect(() => estimateCost(standard('custom_rest_api', { inputTokens: tokens }))).toThrow(invalidAmount);
    expect(() => estimateCost(standard('custom_rest_api', { outputTokens: tokens }))).toThrow(invalidAmount);
  });
});
