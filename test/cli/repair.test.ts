import { randomUUID } from 'node:crypto';
import { repair, type Tools } from '../../src/cli/audit/repair';
import { fromUsd } from '../../src/domain/money';
import { perform, type BudgetStore } from '../../src/store/budget-store';
import type { Finding } from '../../src/store/loose-ends';
import { createMemoryStore } from '../../src/store/memory/memory-store';

const AT = Date.UTC(2026, 10, 2, 12);
const call = { organizationId: 'acme', teamId: null, userId: null, agentId: null };
const runId = randomUUID();

let store: BudgetStore;
let said: string[];
beforeEach(async () => {
  [store, said] = [createMemoryStore(), []];
  await reserveBy(runId);
});

const reserveBy = (itsRunId: string) => {
  const run = { runId: itsRunId, firstExecutionRunId: runId };
  const reserve = { key: 'a', at: AT, run, call, estimateMicroUsd: fromUsd(1), ttlMs: 60_000, fingerprint: 'a', startsWork: false };
  return perform(store, 'acme', { kind: 'reserve', ...reserve });
};

const finding = (kind: Finding['kind']): Finding => ({ kind, key: 'a', since: AT, why: 'so' });

async function stateAfter(kind: Finding['kind'], tools: Partial<Tools>): Promise<string | undefined> {
  const audited = [{ organizationId: 'acme', differences: [], findings: [finding(kind)], isComplete: true }];
  const all = { store, ask: null, say: (line: string) => said.push(line), poke: null, graceMs: 0, ...tools };
  await repair(audited, { workflows: () => Promise.resolve([finding(kind)]), ...all });
  return (await store.hold('acme', 'a'))?.state;
}

const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);

test.each([
  ['what is declined', 'ended_workflow', { ask: no }],
  ['what is declined, of an overdue hold', 'overdue_hold', { ask: no }],
  ['what has gone on since', 'ended_workflow', { ask: yes, workflows: () => Promise.resolve([]) }],
  ['what Temporal cannot be asked of any more', 'ended_workflow', { ask: yes, workflows: () => Promise.resolve(null) }],
  ['what may be another namespace’s, by a yes beforehand', 'unknown_workflow', { ask: null }],
] as const)('a repair leaves %s', async (_what, kind, tools) => {
  expect(await stateAfter(kind, tools)).toBe('held');
});

test('a repair leaves the hold of a later run that took the key over while the earlier one was asked after', async () => {
  const workflows = async () => {
    await reserveBy('later');
    return [finding('ended_workflow')];
  };
  expect(await stateAfter('ended_workflow', { ask: yes, workflows })).toBe('held');
  expect(await store.hold('acme', 'a')).toMatchObject({ runId: 'later', heldMicroUsd: fromUsd(1) });
});

test.each([
  ['ended_workflow', null, 'released'],
  ['ended_workflow', yes, 'released'],
  ['unknown_workflow', yes, 'released'],
  ['overdue_hold', null, 'expired'],
] as const)('a repair ends %s once that is agreed to', async (kind, ask, state) => {
  expect(await stateAfter(kind, { ask })).toBe(state);
  expect(said[0]).toMatch(/^1 × /);
});
