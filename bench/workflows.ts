import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { AgentAnswer } from '../src/agents/agent';
import type { HoldPayload } from '../src/contract/payloads/hold';
import type { InvocationRequest, RunPlan } from '../src/contract/payloads/invocation';
import { agentOptions } from '../workflows/agent-options';
import { currentRun, nextHoldKey } from '../workflows/hold-key';

export * from '../workflows';

type Agent = Readonly<Record<'runAgent', (request: InvocationRequest) => Promise<AgentAnswer>>>;
type Ledger = Pick<Activities, 'reserveBudget' | 'commitCost'>;

const ledger = proxyActivities<Ledger>({ startToCloseTimeout: '10s' });

/** What runs today without a budget: the agent's activity, with the options that a budgeted invocation gives it. */
export async function bareInvocation(request: InvocationRequest, plan: RunPlan): Promise<AgentAnswer> {
  return proxyActivities<Agent>(agentOptions(request, plan)).runAgent(request);
}

/** The obvious way to a budget: the same agent between a reserve and a commit, each a regular activity. */
export async function regularInvocation(
  request: InvocationRequest,
  plan: RunPlan,
): Promise<{ answer: AgentAnswer; hold: HoldPayload } | null> {
  const { organizationId, agentId, estimatedCostUsd = 0 } = request;
  const key = nextHoldKey();
  const reserved = await ledger.reserveBudget({ organizationId, agentId, estimatedCostUsd }, { key, at: Date.now(), run: currentRun() });
  if (reserved.status !== 'granted') return null;
  const answer = await proxyActivities<Agent>(agentOptions(request, plan)).runAgent(request);
  const hold = await ledger.commitCost({ organizationId, key, at: Date.now() }, { status: 'succeeded', costUsd: answer.costUsd });
  return { answer, hold };
}
