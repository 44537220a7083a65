import type { AgentDefinitionInput } from '../contract/schemas/agent';
import { agentDefinition } from '../contract/schemas/agent';
import type { InvocationRequest } from '../contract/payloads/invocation';
import { BUDGET_DEFAULTS, UNLIMITED } from '../domain/budget';
import { fromUsd } from '../domain/money';
import type { BudgetStore } from '../store/budget-store';

export const SAMPLE_ORGANIZATION = 'sample';

/** How many estimates the sample budget holds: enough to see it warn before it denies. */
const BUDGETED_CALLS = 5;

interface SampleModel {
  readonly baseUrl: string;
  readonly model: string;
}

/** The sample agent: the summarizer in this process, or a chat model when one was configured. */
export function sampleAgent(chat: SampleModel | null): AgentDefinitionInput & { agentId: string } {
  if (chat === null) {
    const prices = { inputUsdPerToken: 0.000002, outputUsdPerToken: 0.000008 };
    return { agentId: 'summarizer', platform: 'in_process', functionName: 'summarizer', prices };
  }
  const { baseUrl, model } = chat;
  return {
    agentId: 'chat-summarizer',
    platform: 'openai_compatible',
    endpoint: baseUrl,
    model,
    apiKey: 'env:OPENAI_API_KEY',
    maxOutputTokens: 300,
  };
}

export function sampleRequest(agentId: string, document: string, title: string): InvocationRequest {
  const isChat = agentId === 'chat-summarizer';
  const input = isChat ? `Summarize this document in three sentences.\n\n# ${title}\n\n${document}` : { document, title };
  return { organizationId: SAMPLE_ORGANIZATION, agentId, input };
}

/** Puts the sample agent into the store, and on an empty store a budget of a few calls for it. Returns whether it was new. */
export async function ensureSample(
  store: BudgetStore,
  agent: AgentDefinitionInput & { agentId: string },
  estimateUsd: number,
): Promise<boolean> {
  await store.putAgent(SAMPLE_ORGANIZATION, agentDefinition.parse(agent));
  const budgetId = `${agent.agentId}-monthly`;
  const budgets = await store.budgets(SAMPLE_ORGANIZATION);
  if (budgets.some((budget) => budget.budgetId === budgetId)) return false;
  const budget = {
    ...BUDGET_DEFAULTS,
    budgetId,
    scope: { organizationId: SAMPLE_ORGANIZATION, teamId: null, userId: null, agentId: agent.agentId },
    limits: { ...UNLIMITED, monthlyMicroUsd: fromUsd(estimateUsd * BUDGETED_CALLS) },
  };
  await store.putBudget(budget, Date.now());
  return true;
}
