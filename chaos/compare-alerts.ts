import { MOVING } from './budgets';
import type { Told } from './receiver';
import { denialsOf, type Records } from './records';

/** Of thresholds that were reached, of budgets whose limits stay; and of calls that were denied. */
export function alertsIn({ budgets, ledger, outcomes, told, witnessed }: Records) {
  const ids = new Map<string, Set<string>>();
  const taken = new Set<string>();
  for (const { budgetId, id, crossings, wasTaken } of told) {
    for (const { window, kind, window_start: start, threshold } of crossings) {
      const crossing = nameOf({ budgetId, kind, window, start: Date.parse(start), threshold });
      ids.set(crossing, (ids.get(crossing) ?? new Set()).add(id));
      if (wasTaken) taken.add(crossing);
    }
  }
  return {
    lostAlerts: [
      ...reachedIn({ budgets, witnessed }).filter((crossing) => !taken.has(crossing)),
      ...untoldDenials({ ledger, outcomes, told }),
    ],
    repeatedAlerts: [...ids].filter(([, all]) => all.size > 1).map(([crossing, all]) => `${crossing}: ${[...all].join(' ')}`),
  };
}

/** One for each: by what the ledger denied, of each budget; and by what callers learned, in all. Who is denied again is told of again. */
function untoldDenials({ ledger, outcomes, told }: Pick<Records, 'ledger' | 'outcomes' | 'told'>): string[] {
  const toldOf = new Map<string, number>();
  const messages = new Map(told.filter(({ wasTaken }) => wasTaken).map((one) => [one.id, one]));
  for (const { budgetId, denials } of messages.values()) toldOf.set(budgetId, (toldOf.get(budgetId) ?? 0) + denials);
  const deniedBy = new Map<string, number>();
  for (const { budgetId } of denialsOf(ledger)) if (budgetId !== null) deniedBy.set(budgetId, (deniedBy.get(budgetId) ?? 0) + 1);
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

const THRESHOLDS = [0.5, 0.75, 0.9, 1];

/** By name, what balances ever came to, each once; but of the moving budget. */
function reachedIn({ budgets, witnessed }: Pick<Records, 'budgets' | 'witnessed'>): string[] {
  const limits = new Map(budgets.filter(({ budgetId }) => budgetId !== MOVING).map((budget) => [budget.budgetId, budget.limits]));
  const reached = witnessed.steps.flatMap((step): string[] => {
    const limit = limits.get(step.budgetId);
    if (step.what !== 'balance' || limit === undefined) return [];
    const { budgetId, month, day, carriedInMicroUsd } = step;
    const uses = [
      ['month', 'cost', month.spentMicroUsd, (limit.monthlyMicroUsd ?? Infinity) + carriedInMicroUsd],
      ['month', 'executions', month.executions, limit.monthlyExecutions ?? Infinity],
      ['day', 'cost', day.spentMicroUsd, limit.dailyMicroUsd ?? Infinity],
      ['day', 'executions', day.executions, limit.dailyExecutions ?? Infinity],
    ] as const;
    return uses.flatMap(([window, kind, used, most]) =>
      THRESHOLDS.filter((threshold) => used >= threshold * most).map((threshold) =>
        nameOf({ budgetId, kind, window, start: step[window].start, threshold }),
      ),
    );
  });
  return [...new Set(reached)];
}

/** A share of a limit that a month or a day came to. */
interface Crossing extends Pick<Told['crossings'][number], 'kind' | 'window' | 'threshold'> {
  readonly budgetId: string;
  readonly start: number;
}

function nameOf({ budgetId, kind, window, start, threshold }: Crossing): string {
  return [budgetId, kind, window, start, threshold].join(' ');
}
