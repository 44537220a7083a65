import { fromUsd } from '../src/domain/money';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget } from '../src/domain/budget';
import { agentDefinition } from '../src/contract/schemas/agent';
import type { BudgetStore } from '../src/store/budget-store';
import { ORGANIZATION } from './callers';
import type { Midnight } from './midnight';
import { BEHAVIOURS } from './plan';
import type { Receiver } from './receiver';

/** The budget whose limit is moved while the run goes on. */
export const MOVING = 'moving';

/** What a call costs on average, assumed costs included; of this the limits are made. */
const TYPICAL_USD = 0.03;

/** The budgets of a run: one over all, one of each team, and one of those who reserve by themselves, whose month ends meanwhile. */
export function budgetsFor(invocations: number, receiver: Receiver, midnight: Midnight): Budget[] {
  const budget = (budgetId: string, share: number, more: Partial<Budget> & { readonly of?: Partial<Budget['scope']> } = {}): Budget => {
    const { of = {}, ...rest } = more;
    // And a little more, for what few calls hold at once.
    const monthlyMicroUsd = fromUsd(1 + Math.ceil(invocations * TYPICAL_USD * share * 100) / 100);
    return {
      ...BUDGET_DEFAULTS,
      budgetId,
      scope: { organizationId: ORGANIZATION, teamId: null, userId: null, agentId: null, ...of },
      limits: { ...UNLIMITED, monthlyMicroUsd },
      alerts: { webhookUrl: receiver.urlFor(budgetId), cooldownMinutes: 0 },
      ...rest,
    };
  };
  const { timeZone, anchorDay } = midnight;
  return [
    budget('everything', 1.1),
    budget('steady', 0.28, { of: { teamId: 'steady' } }),
    budget(MOVING, 0.3, { of: { teamId: 'moving' } }),
    budget('soft', 0.15, { of: { teamId: 'soft' }, mode: 'soft' }),
    budget('direct', 0.1, { of: { agentId: 'direct' }, timeZone, anchorDay, rolloverPercent: 10 }),
  ];
}

/** An agent of each behaviour. */
export async function putAgents(store: BudgetStore, url: string): Promise<void> {
  for (const behaviour of Object.keys(BEHAVIOURS)) {
    const common = { agentId: behaviour, timeoutMs: behaviour === 'hang' ? 3_000 : 20_000, maxAttempts: behaviour === 'hang' ? 2 : 4 };
    const agent =
      behaviour === 'stream'
        ? {
            ...common,
            platform: 'openai_compatible' as const,
            model: 'chaos',
            endpoint: `${url}/stream`,
            apiKey: 'env:CHAOS_AGENT_KEY',
            prices: { inputUsdPerToken: 0, outputUsdPerToken: 1e-6 },
          }
        : { ...common, platform: 'custom_rest_api' as const, endpoint: `${url}/${behaviour}` };
    await store.putAgent(ORGANIZATION, agentDefinition.parse(agent));
  }
}
