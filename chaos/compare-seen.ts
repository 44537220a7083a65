import { DAILY, DIRECT } from './budgets';
import { denialsOf, type Records } from './records';

/** From so many calls on, all kinds of answers must be there. */
const ENOUGH = 30;
const LEAST_COMPLETED = 0.25;
const LEAST_DENIED = 0.05;
/** From so many on, a month must have ended; and from so many, a day, and every kind of hard limit have denied somebody. */
const ENOUGH_FOR_MONTHS = 60;
const ENOUGH_FOR_ALL = 1_000;

const LIMITS = ['monthly_cost', 'daily_cost', 'monthly_executions', 'daily_executions'] as const;

/** What a run of this size must have seen, and has not: else it was no test. */
export function unseenIn(records: Records): string[] {
  const { calls, outcomes, budgets } = records;
  const found: string[] = [];
  const share = (status: string) => [...outcomes.values()].filter((outcome) => outcome.status === status).length / calls.length;
  if (calls.length >= ENOUGH) {
    if (share('completed') < LEAST_COMPLETED) found.push(`only ${String(share('completed'))} of the calls completed`);
    if (share('denied') < LEAST_DENIED) found.push(`only ${String(share('denied'))} of the calls were denied`);
  }
  return budgets.some(({ budgetId }) => budgetId === DIRECT) ? [...found, ...unseenOfMany(records)] : found;
}

/** Of the organization that has all kinds of budgets. */
function unseenOfMany(records: Records): string[] {
  const { calls, budgets, ledger } = records;
  const found: string[] = [];
  if (calls.length >= ENOUGH_FOR_MONTHS && !hasCrossed(records, DIRECT, 'month')) found.push('no month ended');
  if (calls.length < ENOUGH_FOR_ALL) return found;
  for (const budgetId of Object.values(DAILY)) if (!hasCrossed(records, budgetId, 'day')) found.push(`no day of ${budgetId} ended`);
  const hard = new Set(budgets.filter(({ mode }) => mode === 'hard').map(({ budgetId }) => budgetId));
  const codes = new Set(denialsOf(ledger).flatMap(({ budgetId, code }) => (budgetId !== null && hard.has(budgetId) ? [code] : [])));
  for (const code of LIMITS) if (!codes.has(code)) found.push(`nobody was denied for ${code}`);
  return found;
}

/** Whether calls counted in a budget on both sides of the end of a month, or of a day. */
function hasCrossed({ witnessed }: Pick<Records, 'witnessed'>, budgetId: string, window: 'month' | 'day'): boolean {
  const used = witnessed.steps.flatMap((step) => {
    return step.what === 'balance' && step.budgetId === budgetId && step[window].executions > 0 ? [step[window].start] : [];
  });
  return new Set(used).size > 1;
}
