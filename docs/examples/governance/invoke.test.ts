import { agentDefinition, ExternalAgentService } from 'agent-budget';
import { startTestKit, type TestKit } from 'agent-budget/testing';
import { canAfford } from './manual-check';
import { processDocument } from './pre-invocation-check';

let kit: TestKit;
let service: ExternalAgentService;
const lines: string[] = [];
const log = (line: string) => {
  lines.push(line);
};

beforeAll(async () => {
  const reader = { run: ({ input }: { input: unknown }) => Promise.resolve({ output: { read: input }, costUsd: 7.5 }) };
  kit = await startTestKit({ agents: { reader } });
  await kit.store.putAgent('org-001', agentDefinition.parse({ agentId: 'agent-001', platform: 'in_process', functionName: 'reader' }));
  await kit.putBudget({ organizationId: 'org-001', monthlyUsd: 10 });
  service = new ExternalAgentService({ client: kit.client, taskQueue: kit.taskQueue, store: kit.store });
}, 60_000);
afterAll(() => kit.stop());

test('pre-invocation check and manual check: the agent runs until its budget denies', async () => {
  expect(await canAfford(service, 10, log)).toBe(true);
  expect(await processDocument(service, log)).toEqual({ read: { input: 'Process document' } });

  expect(await canAfford(service, 10, log)).toBe(false);
  expect(lines).toEqual(['Budget check failed: Monthly budget exceeded. Remaining: $2.50, Requested: $10.00', 'Remaining: $2.50']);

  await kit.putBudget({ organizationId: 'org-001', monthlyUsd: 7.5 });
  expect(await processDocument(service, log)).toBeNull();
  expect(lines.at(-1)).toMatch(/^Budget exceeded: Monthly budget exceeded\. Remaining: \$0\.00, Requested: \$/);
  expect(await kit.status('org-001')).toMatchObject({ month: { spentUsd: 7.5, heldUsd: 0, executions: 1 } });
});
