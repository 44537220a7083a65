import { setTimeout as pause } from 'node:timers/promises';
import type { Apis } from './apis';
import { MOVING } from './budgets';
import type { LimitChange } from './plan';

export interface Moves {
  /** The limits, in micro-USD, of which an API said that they are set. */
  readonly landed: readonly number[];
  end(): Promise<void>;
}

/** Moves the moving budget's limit up and down, to shares of `mostMicroUsd`. */
export function moveLimits(changes: Generator<LimitChange>, apis: Apis, mostMicroUsd: number): Moves {
  const isOver = new AbortController();
  const landed: number[] = [];
  const run = async () => {
    for (const { afterMs, share } of changes) {
      await pause(afterMs, undefined, { signal: isOver.signal });
      const limitMicroUsd = Math.round(mostMicroUsd * share);
      // An outage keeps it as it is, or not: nobody knows.
      const answer = await apis.as
        .main('PATCH', `/api/v1/budgets/${MOVING}`, { monthly_budget_usd: limitMicroUsd / 1e6 })
        .catch(() => null);
      if (answer?.status === 200) landed.push(limitMicroUsd);
    }
  };
  const running = run().catch((error: unknown) => {
    if (!isOver.signal.aborted) throw error;
  });
  return {
    landed,
    end: async () => {
      isOver.abort();
      await running;
    },
  };
}
