import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { expireOverdueHolds } = proxyActivities<Pick<Activities, 'expireOverdueHolds'>>({
  startToCloseTimeout: '1m',
  retry: { maximumInterval: '30s' },
  summary: 'Expire overdue holds',
});

/** Ends overdue holds, twice a minute, for ever. Reserves do not wait for it: they end those that stand in their way. */
export async function maintenance(): Promise<void> {
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    await expireOverdueHolds(Date.now());
    await sleep('30s');
  }
  await continueAsNew<typeof maintenance>();
}
