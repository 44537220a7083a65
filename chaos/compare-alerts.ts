import { MOVING } from './budgets';
import type { Records } from './records';

/** Of thresholds that were reached, of budgets whose limits stay; and of calls that were denied. */
export function alertsIn({ budgets, ledger, outcomes, told, witnessed }: Records) {
  const ids = new Map<string, Set<string>>();
  const taken = new Set<string>();
  for (const { budgetId, id, crossings, wasTaken } of told) {
    for (const { window, kind, window_start: start, threshold } of crossings) {
      const crossing = `${budgetId} ${kind} ${window} ${String(Date.parse(start))} ${String(threshold)}`;
      ids.set(crossing, (ids.get(crossing) ?? new Set()).add(id));
      if (wasTaken) taken.add(crossing);
    }
  }
  const due = reachedIn({ budgets, witnessed }).map(
    ({ budgetId, kind, window, start, threshold }) => `${budgetId} ${kind} ${window} ${String(start)} ${String(threshold)}`,
  );
  return {
    lostAlerts: [...due.filter((crossing) => !taken.has(crossing)), ...untoldDenials({ ledger, outcomes, told })],
    repeatedAlerts: [...ids].filter(([, all]) => all.size > 1).map(([crossing, all]) => `${crossing}: ${[...all].join(' ')}`),
  };
}

/** One for each: by what the ledger denied, of each budget; and by what callers learned, in all. Who is denied again is told of again. */
function untoldDenials({ ledger, outcomes, told }: Pick<Records, 'ledger' | 'outcomes' | 'told'>): string[] {
  const toldOf = new Map<string, number>();
  const messages = new Map(told.filter(({ wasTaken }) => wasTaken).map((one) => [one.id, one]));
  for (const { budgetId, denials } of messages.values()) toldOf.set(budgetId, (toldOf.get(budgetId) ?? 0) + denials);
  const deniedBy = new Map<string, number>();
  for (const { decision } of ledger.holds.values()) {
    if (decision?.status !== 'denied' || decision.denial.budgetId === null) continue;
    const { budgetId } = decision.denial;
    deniedBy.set(budgetId, (deniedBy.get(budgetId) ?? 0) + 1);
  }
  const lost = (whose: string, denied: number, toldHere: number) =>
    Array.from(
      { length: Math.max(0, denied - toldHere) },
      () => `a denial of ${whose}: ${String(toldHere)} of ${String(denied)} were told`,
    );
  const inAll = [...toldOf.values()].reduce((sum, count) => sum + count, 0);
  const byBudget = [...deniedBy].flatMap(([budgetId, denied]) => lost(budgetId, denied, toldOf.get(budgetId) ?? 0));
  const denied = [...outcomes.values()].filter(({ status }) => status === 'denied').length;
  return byBudget.length > 0 ? byBudget : lost('callers', denied, inAll);
}

/** A share of a limit that a month or a day came to. */
export interface Reached {
  readonly budgetId: string;
  readonly kind: 'cost' | 'executions';
  readonly window: 'month' | 'day';
  readonly start: number;
  readonly threshold: number;
}

/** What balances ever came to, each once; but of the moving budget. */
export function reachedIn({ budgets, witnessed }: Pick<Records, 'budgets' | 'witnessed'>): Reached[] {
  const limits = new Map(budgets.filter(({ budgetId }) => budgetId !== MOVING).map((budget) => [budget.budgetId, budget.limits]));
  const reached = new Map<string, Reached>();
  for (const step of witnessed.steps) {
    const limit = limits.get(step.budgetId);
    if (step.what !== 'balance' || limit === undefined) continue;
    const { budgetId, month, day, carriedInMicroUsd } = step;
    for (const [window, kind, used, most] of [
      ['month', 'cost', month.spentMicroUsd, (limit.monthlyMicroUsd ?? Infinity) + carriedInMicroUsd],
      ['month', 'executions', month.executions, limit.monthlyExecutions ?? Infinity],
      ['day', 'cost', day.spentMicroUsd, limit.dailyMicroUsd ?? Infinity],
      ['day', 'executions', day.executions, limit.dailyExecutions ?? Infinity],
    ] as const) {
      for (const threshold of THRESHOLDS) {
        if (used < threshold * most) continue;
        const one = { budgetId, kind, window, start: (window === 'month' ? month : day).start, threshold };
        reached.set(Object.values(one).join(' '), one);
      }
    }
  }
  return [...reached.values()];
}

const THRESHOLDS = [0.5, 0.75, 0.9, 1];
