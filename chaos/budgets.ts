import { fromUsd } from '../src/domain/money';
import { BUDGET_DEFAULTS, UNLIMITED, type Budget } from '../src/domain/budget';
import { agentDefinition } from '../src/contract/schemas/agent';
import type { BudgetStore } from '../src/store/budget-store';
import type { Midnight } from './midnight';
import { BEHAVIOURS, type Call, type Organization } from './plan';
import type { Receiver } from './receiver';

/** The budget whose limit is moved while the run goes on. */
export const MOVING = 'moving';
/** The budget that every call of an organization counts in. */
export const EVERYTHING = 'everything';
/** The budget whose month ends while the run goes on. */
export const DIRECT = 'direct';
/** The budgets whose day ends while the run goes on: of those who reserve by themselves, a team's each. */
export const DAILY = { cost: 'daily-cost', executions: 'daily-executions' } as const;

/** What a call costs on average, assumed costs included; of this the limits are made. */
const TYPICAL_USD = 0.03;
/** What a few calls hold at once, of which one at least must get through; of a budget that few calls come to, what one holds. */
const LEAST_USD = { usual: 0.35, narrow: 0.12 };

/** What a budget has beside its month's cost. */
type More = Partial<Omit<Budget, 'limits'>> & { readonly of?: Partial<Budget['scope']>; readonly limits?: Partial<Budget['limits']> };

/**
 * The budgets of an organization: one over all, and in the main one of each team, and of those who reserve by themselves. Each is given less
 * than its calls would cost, so that every hard limit is met: of months and days, of costs and executions.
 */
export function budgetsFor(
  organizationId: Organization,
  calls: readonly Call[],
  receiver: Pick<Receiver, 'urlFor'>,
  { timeZone, anchorDay }: Omit<Midnight, 'at'>,
): Budget[] {
  const count = calls.filter((call) => call.organizationId === organizationId).length;
  const limitOf = (share: number) => {
    const least = share < 0.15 ? LEAST_USD.narrow : LEAST_USD.usual;
    return fromUsd(Math.max(least, Math.ceil(count * TYPICAL_USD * share * 100) / 100));
  };
  const executionsOf = (share: number) => Math.ceil(count * share);
  const budget = (budgetId: string, share: number | null, more: More = {}): Budget => {
    const { of = {}, limits = {}, ...rest } = more;
    const monthlyMicroUsd = share === null ? null : limitOf(share);
    return {
      ...BUDGET_DEFAULTS,
      budgetId,
      scope: { organizationId, teamId: null, userId: null, agentId: null, ...of },
      limits: { ...UNLIMITED, monthlyMicroUsd, ...limits },
      alerts: { webhookUrl: receiver.urlFor(organizationId, budgetId), cooldownMinutes: 0 },
      ...rest,
    };
  };
  if (organizationId !== 'main') return [budget(EVERYTHING, 0.6)];
  // A day that ends, and its month does not.
  const daily = { timeZone, anchorDay: anchorDay === 1 ? 15 : 1 };
  return [
    budget(EVERYTHING, 1),
    budget('steady', 0.4, { of: { teamId: 'steady' }, limits: { monthlyExecutions: executionsOf(0.25) } }),
    budget(MOVING, 0.4, { of: { teamId: 'moving' } }),
    budget('soft', 0.15, { of: { teamId: 'soft' }, mode: 'soft' }),
    budget(DIRECT, 0.1, { of: { agentId: 'direct' }, timeZone, anchorDay, rolloverPercent: 10 }),
    budget(DAILY.cost, null, { ...daily, of: { agentId: 'direct', teamId: 'steady' }, limits: { dailyMicroUsd: limitOf(0.02) } }),
    budget(DAILY.executions, null, {
      ...daily,
      of: { agentId: 'direct', teamId: 'moving' },
      limits: { dailyExecutions: executionsOf(0.015) },
    }),
  ];
}

/** An agent of each behaviour. */
export async function putAgents(store: BudgetStore, organizationId: Organization, url: string): Promise<void> {
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
    await store.putAgent(organizationId, agentDefinition.parse(agent));
  }
}
