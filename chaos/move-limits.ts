import { setTimeout as pause } from 'node:timers/promises';
import type { Apis } from './apis';
import { MOVING } from './budgets';
import type { LimitChange } from './plan';

/** Moves the moving budget's limit up and down, to shares of `mostUsd`. */
export function moveLimits(changes: Generator<LimitChange>, apis: Apis, mostUsd: number): { end(): Promise<void> } {
  const isOver = new AbortController();
  const run = async () => {
    for (const { afterMs, share } of changes) {
      await pause(afterMs, undefined, { signal: isOver.signal });
      const limit = Math.round(mostUsd * share * 100) / 100;
      // An outage keeps it as it is, or not: nobody knows.
      await apis.request('PATCH', `/api/v1/budgets/${MOVING}`, { monthly_budget_usd: limit }).catch(() => undefined);
    }
  };
  const running = run().catch((error: unknown) => {
    if (!isOver.signal.aborted) throw error;
  });
  return {
    end: async () => {
      isOver.abort();
      await running;
    },
  };
}
