import { estimateCostUsd } from '../../src/agents/estimate-cost';
import { agentDefinition } from '../../src/contract/schemas/agent';

test('no max_tokens holds the whole budget: not here, a call without a limit is estimated at what such calls cost', () => {
  const definition = { agentId: 'a', platform: 'openai_compatible', model: 'gpt-4o', endpoint: 'http://llm.example/v1', apiKey: 'env:KEY' };
  const estimate = estimateCostUsd(agentDefinition.parse(definition), 'hello', {});
  expect(estimate).toBeGreaterThan(0);
  expect(estimate).toBeLessThan(1);
});
