import type { Client } from '@temporalio/client';
import { summaryOf } from '../contract/names/summary';
import { alertWorkflowId, SignalName, TASK_QUEUE, WorkflowName } from '../contract/names/workflows';
import type { BudgetStore } from '../store/budget-store';

export type Poke = (organizationId: string, budgetId: string) => Promise<void>;

/** How long a budget's next poke waits after the last one: a thousand denials a second are one errand. */
const REST_MS = 500;

/** Wakes, or starts, the workflow that sends a budget's alerts. The poke itself says nothing: what there is to tell is in the ledger. */
export function createAlertPokes({ workflow }: Pick<Client, 'workflow'>, taskQueue: string = TASK_QUEUE): Poke {
  return async (organizationId, budgetId) => {
    await workflow.signalWithStart(WorkflowName.budgetAlert, {
      workflowId: alertWorkflowId(organizationId, budgetId, taskQueue),
      taskQueue,
      args: [{ organizationId, budgetId }],
      signal: SignalName.poke,
      staticSummary: summaryOf(`Alerts of ${budgetId} of ${organizationId}`),
    });
  };
}

/** Pokes under way; stopped before their connection is closed. */
export interface Pokes {
  /** Pokes no more, leaves the store alone, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Pokes for every budget that gets something new to tell through this store. A poke that is lost is made up for by maintenance. */
export function pokeOnNews(store: Pick<BudgetStore, 'onNews'>, poke: Poke): Pokes {
  const resting = new Map<string, { isWanted: boolean }>();
  const underWay = new Set<Promise<void>>();
  let isStopped = false;
  const pokeSoon = (organizationId: string, budgetId: string): void => {
    if (isStopped) return;
    const key = `${organizationId}/${budgetId}`;
    const rest = resting.get(key);
    if (rest !== undefined) {
      rest.isWanted = true;
      return;
    }
    const rested = { isWanted: false };
    resting.set(key, rested);
    const poking = poke(organizationId, budgetId)
      .catch(() => undefined)
      .finally(() => underWay.delete(poking));
    underWay.add(poking);
    setTimeout(() => {
      resting.delete(key);
      if (rested.isWanted) pokeSoon(organizationId, budgetId);
    }, REST_MS).unref();
  };
  const ignoreNews = store.onNews((organizationId, budgetIds) => {
    for (const budgetId of budgetIds) pokeSoon(organizationId, budgetId);
  });
  return {
    stop: async () => {
      isStopped = true;
      ignoreNews();
      await Promise.all(underWay);
    },
  };
}
