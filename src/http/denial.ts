import type { DenialPayload } from '../contract/payloads/denial';
import { isoOf } from '../contract/payloads/statement';
import type { Hold } from '../domain/ledger';
import { DenialCode } from '../domain/decision';
import { toUsd, ZERO, type MicroUsd } from '../domain/money';
import { LedgerUnavailable } from '../store/ledger-unavailable';
import { budgetStatus } from '../store/reports';
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
  { store, webUiLink, now }: Pick<ApiDeps, 'store' | 'webUiLink' | 'now'>,
  principal: Principal,
  denial: DenialPayload,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Problem> {
  const { reason: detail, ...details } = denialJson(denial);
  const holds = (await holdsInTheWay(store, denial, now())).map((hold) => holdJson(hold, principal, webUiLink));
  return new Problem(402, { type: 'budget-exceeded', title: 'Budget exceeded', detail, ...details, holds, ...more });
}

interface InTheWay {
  readonly hold: Hold;
  readonly heldMicroUsd: MicroUsd;
}

/** Of the month, or the day, that the limit is of. */
async function holdsInTheWay(store: ApiDeps['store'], { budgetId, code, held, scope }: DenialPayload, at: number): Promise<InTheWay[]> {
  if (budgetId === null || held === 0) return [];
  try {
    const status = await budgetStatus(store, scope.organizationId, budgetId, at);
    if (status === null) return [];
    const isOfDay = code === DenialCode.dailyCost || code === DenialCode.dailyExecutions;
    const window = isOfDay ? { dayStart: Date.parse(status.day.start) } : { periodStart: Date.parse(status.month.start) };
    const found = await store.largestHolds(scope.organizationId, { budgetId, ...window }, MOST_HOLDS);
    return found.map((hold) => ({ hold, heldMicroUsd: isOfDay ? heldInDay(hold, budgetId) : hold.heldMicroUsd }));
  } catch (error) {
    // The denial stands, whether or not the store can still say what stands in its way.
    if (error instanceof LedgerUnavailable) return [];
    throw error;
  }
}

function heldInDay({ lines }: Hold, budgetId: string): MicroUsd {
  return lines.find((line) => line.budgetId === budgetId)?.heldInDayMicroUsd ?? ZERO;
}

function holdJson({ hold, heldMicroUsd }: InTheWay, principal: Principal, webUiLink: ApiDeps['webUiLink']) {
  const amount = { held_usd: toUsd(heldMicroUsd), since: isoOf(hold.at) };
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
