import { MOVING } from './budgets';
import type { Records } from './records';

/** Of the month's cost, and of budgets whose limit stays. */
export function alertsIn({ budgets, ledger, told }: Records) {
  const ids = new Map<string, Set<string>>();
  const taken = new Set<string>();
  for (const { budgetId, id, crossings, wasTaken } of told) {
    for (const { window, kind, window_start: start, threshold } of crossings) {
      const crossing = `${budgetId} ${kind} ${window} ${String(Date.parse(start))} ${String(threshold)}`;
      ids.set(crossing, (ids.get(crossing) ?? new Set()).add(id));
      if (wasTaken) taken.add(crossing);
    }
  }
  const due = budgets
    .filter(({ budgetId }) => budgetId !== MOVING)
    .flatMap(({ budgetId, limits }) =>
      ledger.balances
        .filter((row) => row.budgetId === budgetId)
        .flatMap(({ month, period, carriedInMicroUsd }) =>
          [0.5, 0.75, 0.9, 1]
            .filter((threshold) => month.spentMicroUsd >= threshold * ((limits.monthlyMicroUsd ?? Infinity) + carriedInMicroUsd))
            .map((threshold) => `${budgetId} cost month ${String(period.start)} ${String(threshold)}`),
        ),
    );
  return {
    lostAlerts: due.filter((crossing) => !taken.has(crossing)),
    repeatedAlerts: [...ids].filter(([, all]) => all.size > 1).map(([crossing, all]) => `${crossing}: ${[...all].join(' ')}`),
  };
}
