import type { DenialPayload } from '../contract/payloads/denial';
import { isoOf } from '../contract/payloads/statement';
import type { Hold } from '../domain/ledger';
import { toUsd } from '../domain/money';
import type { Principal } from './context';
import type { ApiDeps } from './deps';
import { invocationIdOf, workflowIdOfHold } from './invocation-ids';
import { Problem } from './problem';
import { isWithin } from './reach';

const MOST_HOLDS = 5;

/** A denial as JSON: amounts in USD where money is limited, counts where executions are. */
export function denialJson({ code, budgetId, scope, limit, spent, held, requested, available, resetsAt, reason }: DenialPayload) {
  const isCost = !code.endsWith('_executions');
  const usd = (amount: number) => (isCost ? amount : null);
  return {
    code,
    reason,
    budget_id: budgetId,
    scope: { organization_id: scope.organizationId, team_id: scope.teamId, user_id: scope.userId, external_agent_id: scope.agentId },
    limit_usd: usd(limit),
    spent_usd: usd(spent),
    held_usd: usd(held),
    requested_usd: usd(requested),
    available_usd: usd(available),
    execution_limit: isCost ? null : limit,
    executions: isCost ? null : spent,
    resets_at: resetsAt,
  };
}

/** The 402 of a denial, with the largest holds that stand in the way. `more` is what the call cost before it was denied, if anything. */
export async function denied(
  { store, webUiLink }: Pick<ApiDeps, 'store' | 'webUiLink'>,
  principal: Principal,
  denial: DenialPayload,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Problem> {
  const { reason: detail, ...details } = denialJson(denial);
  const inTheWay =
    denial.budgetId === null || denial.held === 0 ? [] : await largestHolds(store, denial.scope.organizationId, denial.budgetId);
  const holds = inTheWay.map((hold) => holdJson(hold, principal, webUiLink));
  return new Problem(402, { type: 'budget-exceeded', title: 'Budget exceeded', detail, ...details, holds, ...more });
}

// The denial stands, whether or not the store can still say what stands in its way.
function largestHolds(store: ApiDeps['store'], organizationId: string, budgetId: string): Promise<readonly Hold[]> {
  return store.largestHolds(organizationId, budgetId, MOST_HOLDS).catch(() => []);
}

function holdJson(hold: Hold, principal: Principal, webUiLink: ApiDeps['webUiLink']) {
  const amount = { held_usd: toUsd(hold.heldMicroUsd), since: isoOf(hold.at) };
  // Others' work is in the way all the same, but what it is they alone may know.
  if (!isWithin(hold.call, principal)) return { key: null, invocation_id: null, ...amount, web_ui_link: null };
  const workflowId = workflowIdOfHold(hold);
  return {
    key: hold.key,
    invocation_id: workflowId === null ? null : invocationIdOf(workflowId),
    ...amount,
    web_ui_link: workflowId === null ? null : webUiLink(workflowId),
  };
}
