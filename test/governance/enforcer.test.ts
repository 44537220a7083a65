import {
  BudgetScope,
  ExternalAgentBudgetEnforcer,
  InMemoryBudgetStore,
  type ExternalAgentBudget,
  type ExternalAgentBudgetConfig,
} from '../../src/governance';
import { UNLIMITED } from '../../src/domain/budget';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { budgetOf, NOON, onEveryStore, usd } from '../store/support';

const agent = (more: Partial<ExternalAgentBudget>): ExternalAgentBudget => ({ externalAgentId: 'agent-001', ...more });
const month = (monthlyBudgetUsd: number, monthlySpentUsd: number) => agent({ monthlyBudgetUsd, monthlySpentUsd });
const check = (budget: ExternalAgentBudget, estimatedCost: number, config: ExternalAgentBudgetConfig = {}) =>
  new ExternalAgentBudgetEnforcer({ config, now: () => NOON }).checkBudget(budget, { estimatedCost });

const DENIED = { allowed: false, warningTriggered: false, warningMessage: null, degradedMode: false };

describe('a plain budget is decided by the rule book', () => {
  test.each<[string, ExternalAgentBudget, number, ExternalAgentBudgetConfig, object]>([
    ['1', month(1000, 100), 50, {}, { allowed: true, remainingBudgetUsd: 900, usagePercentage: 0.1, reason: 'Within budget' }],
    ['2', month(100, 95), 4, {}, { allowed: true, remainingBudgetUsd: 5 }],
    ['3, an exact fit', month(100, 95), 5, {}, { allowed: true, degradedMode: true }],
    [
      '4',
      month(100, 95),
      10,
      {},
      { ...DENIED, reason: 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00', remainingBudgetUsd: 5 },
    ],
    [
      '5, soft mode',
      month(100, 95),
      10,
      { enforcementMode: 'soft' },
      { allowed: true, degradedMode: true, reason: 'Monthly budget exceeded. Remaining: $5.00, Requested: $10.00' },
    ],
    [
      '6',
      agent({ monthlyBudgetUsd: 1000, monthlySpentUsd: 50, dailyBudgetUsd: 10, dailySpentUsd: 8 }),
      5,
      {},
      { ...DENIED, reason: 'Daily budget exceeded. Remaining: $2.00, Requested: $5.00', denial: { resetsAt: '2026-03-11T00:00:00.000Z' } },
    ],
    [
      '7',
      agent({ monthlyExecutionLimit: 100, monthlyExecutions: 100 }),
      1,
      {},
      { ...DENIED, reason: 'Monthly execution limit exceeded. Limit: 100' },
    ],
    ['7, the day', agent({ dailyExecutionLimit: 3, dailyExecutions: 3 }), 1, {}, { reason: 'Daily execution limit exceeded. Limit: 3' }],
    ['8', agent({ monthlyExecutionLimit: 100, monthlyExecutions: 99 }), 1, {}, { allowed: true, remainingBudgetUsd: null }],
    ['9 at .70', month(100, 70), 0, {}, { warningTriggered: false, warningMessage: null }],
    ['9 at .75', month(100, 75), 0, {}, { warningTriggered: true }],
    ['9, another threshold', month(100, 70), 0, { warningThreshold: 0.7 }, { warningTriggered: true }],
    ['11', month(100, 90), 1, {}, { allowed: true, degradedMode: true, warningMessage: 'Budget at 90% - degraded mode active' }],
    ['12, another threshold', month(100, 50), 1, { degradationThreshold: 0.5 }, { degradedMode: true }],
    ['12 at .89', month(100, 89), 1, {}, { degradedMode: false, warningTriggered: true }],
    ['13', month(100, 74), 20, {}, { allowed: true, warningTriggered: true }],
    ['16', month(0, 0), 0.01, {}, { ...DENIED, usagePercentage: 1 }],
    ['17', month(0, 0), 0, {}, { allowed: true }],
    ['18', agent({}), 1_000_000, {}, { allowed: true, remainingBudgetUsd: null }],
    ['18, null', agent({ monthlyBudgetUsd: null, dailyExecutionLimit: null }), 1, {}, { allowed: true, remainingBudgetUsd: null }],
    ['19', agent({ monthlyExecutionLimit: 0, monthlyExecutions: 0 }), 0, {}, DENIED],
    [
      'the guide: 1000, 750, est 50',
      month(1000, 750),
      50,
      {},
      { allowed: true, warningMessage: 'Budget warning: 80% of monthly budget used' },
    ],
  ])('vector %s', async (_name, budget, estimate, config, answer) => {
    expect(await check(budget, estimate, config)).toMatchObject(answer);
  });

  test.each([
    [{ scope: BudgetScope.organization }, 'organization', { teamId: null, userId: null, agentId: null }],
    [{ scope: BudgetScope.team, teamId: 'red' }, 'team', { teamId: 'red', userId: null, agentId: null }],
    [{ scope: BudgetScope.user, teamId: 'red', userId: 'ann' }, 'user', { teamId: null, userId: 'ann', agentId: null }],
    [{}, 'agent', { teamId: null, userId: null, agentId: 'agent-001' }],
  ])('of scope %j: a denial names its level', async (more, level, ids) => {
    const { denial } = await check({ ...month(1, 1), ...more, organizationId: 'acme' }, 1);
    expect(denial).toMatchObject({
      level,
      scope: { organizationId: 'acme', ...ids },
      budgetId: 'agent-001',
      resetsAt: '2026-04-01T00:00:00.000Z',
    });
  });

  test('checking counts nothing: the value says what is spent', async () => {
    const enforcer = new ExternalAgentBudgetEnforcer({ store: new InMemoryBudgetStore() });
    for (let n = 0; n < 3; n += 1) {
      expect(await enforcer.checkBudget(month(100, 50), { estimatedCost: 50 })).toMatchObject({ allowed: true, remainingBudgetUsd: 50 });
    }
  });
});

describe('what is no budget, no estimate or no configuration is refused by name (the estimate is unknown)', () => {
  test.each<unknown>([NaN, Infinity, -5, -1e-9, undefined, null, '10', 1e300])('an estimate of %p', async (estimate) => {
    for (const budget of [month(100, 0), agent({})]) {
      const refused = check(budget, estimate as number, { enforcementMode: 'soft' });
      await expect(refused).rejects.toMatchObject({ name: expect.stringMatching(/^Invalid(Request|Amount)$/) as unknown });
    }
  });

  test.each<[string, object]>([
    ['a limit whose spending is not said (spend starts at 0 on every request)', { monthlyBudgetUsd: 100 }],
    ['an execution limit whose count is not said', { dailyExecutionLimit: 5 }],
    ['spending of NaN', { monthlyBudgetUsd: 100, monthlySpentUsd: NaN }],
    ['a negative limit', { monthlyBudgetUsd: -1, monthlySpentUsd: 0 }],
    ['a limit of Infinity', { monthlyBudgetUsd: Infinity, monthlySpentUsd: 0 }],
    ['half an execution', { monthlyExecutionLimit: 1.5, monthlyExecutions: 0 }],
    ['an agent that is none', { externalAgentId: 'a b' }],
    ['a team budget without a team', { scope: 'team' }],
    ['an unknown scope', { scope: 'galaxy' }],
    ['a field in another spelling', { monthly_budget_usd: 100 }],
  ])('%s', async (_name, more) => {
    await expect(check({ ...agent({}), ...more }, 1)).rejects.toMatchObject({ name: 'InvalidRequest' });
  });

  test.each<object>([
    { warningThreshold: 0 },
    { warningThreshold: NaN },
    { degradationThreshold: -1 },
    { enforcementMode: 'lenient' },
    { warning_threshold: 0.5 },
  ])('the configuration %j', (config) => {
    expect(() => new ExternalAgentBudgetEnforcer({ config })).toThrow(expect.objectContaining({ name: 'InvalidRequest' }) as Error);
  });
});

onEveryStore('an enforcer with a ledger: its budgets must pass as well', (ledger) => {
  const checkOn = (budget: ExternalAgentBudget, estimatedCost: number) =>
    new ExternalAgentBudgetEnforcer({ store: ledger().store, now: () => NOON }).checkBudget(
      { ...budget, organizationId: ledger().organizationId },
      { estimatedCost },
    );

  test('holds of calls under way count, and the least of all remains', async () => {
    await ledger().limit({ monthly: 100 });
    await ledger().reserve('other', 60);
    expect(await checkOn(month(1000, 0), 50)).toMatchObject({ allowed: false, denial: { budgetId: 'main', held: 60 } });
    expect(await checkOn(month(30, 0), 40)).toMatchObject({ allowed: false, denial: { budgetId: 'agent-001' }, remainingBudgetUsd: 30 });
    expect(await checkOn(month(1000, 0), 40)).toMatchObject({ allowed: true, remainingBudgetUsd: 40, usagePercentage: 0.6 });
  });

  test('a budget of the ledger with the same id as the agent still counts', async () => {
    const limits = { ...UNLIMITED, monthlyMicroUsd: usd(1) };
    await ledger().store.putBudget(budgetOf(ledger().call(), limits, { budgetId: 'agent-001' }), NOON);
    expect(await checkOn(month(1000, 0), 2)).toMatchObject({ allowed: false, denial: { limit: 1 } });
  });
});

test('an enforcer whose ledger is away rejects with LedgerUnavailable', async () => {
  const store = createPostgresStore('postgresql://nobody@127.0.0.1:9/none');
  const refused = new ExternalAgentBudgetEnforcer({ store }).checkBudget(month(100, 0), { estimatedCost: 1 });
  await expect(refused).rejects.toMatchObject({ name: 'LedgerUnavailable' });
  await store.close();
});
