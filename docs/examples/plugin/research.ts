import { fromUsd, type BudgetStore } from 'agent-budget';
import { withAttempt, type HoldReference } from 'agent-budget/worker';

/** An activity that records each of its tries under the hold of its workflow. */
export function createResearch(store: BudgetStore, ask: (topic: string) => Promise<{ text: string; costUsd: number }>) {
  return {
    researchByAttempts: (hold: HoldReference, topic: string) =>
      withAttempt(store, hold, async (attempt) => {
        const { text, costUsd } = await ask(topic);
        await attempt.finish({ status: 'succeeded', costMicroUsd: fromUsd(costUsd) });
        return text;
      }),
  };
}
