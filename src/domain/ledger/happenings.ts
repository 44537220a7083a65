import { alertConfigOf, hasChannel } from '../alert-config';
import type { Denial } from '../decision';
import { accountIn } from './account';
import { happeningOf, recordCrossings } from './crossings';
import { touchesKey } from './effect';
import type { Answer, Operation } from './operation';
import type { Draft } from './rows';

/** Writes down what people are told of an operation: the thresholds that it made spend reach, and a denial. */
export function recordHappenings(draft: Draft, operation: Operation, answer: Answer): void {
  const agentId = agentOf(draft, operation);
  recordCrossings(draft, operation, agentId);
  const denial = 'status' in answer && answer.status === 'denied' ? answer.denial : null;
  // A key that was denied before keeps its answer: asking again is no other denial.
  if (denial !== null && touchesKey(draft, operation)) recordDenial(draft, denial, operation.at, agentId);
}

function recordDenial(draft: Draft, { budgetId, code, reason, spent, held, limit }: Denial, at: number, agentId: string | null): void {
  const budget = budgetId === null ? undefined : draft.budget(budgetId);
  if (budget === undefined || !hasChannel(alertConfigOf(draft.policy, budget))) return;
  const window = code.startsWith('monthly') ? 'month' : 'day';
  const kind = code.endsWith('cost') ? 'cost' : 'executions';
  const usage = limit === 0 ? 1 : (spent + held) / limit;
  const denied = { what: 'denied' as const, threshold: 0, sequence: 0, at, usage, reason, agentId };
  draft.tell({ ...happeningOf(accountIn(draft, budget, at), window, kind), ...denied });
}

function agentOf(draft: Draft, operation: Operation): string | null {
  if ('call' in operation) return operation.call.agentId;
  return 'key' in operation ? (draft.hold(operation.key)?.call.agentId ?? null) : null;
}
