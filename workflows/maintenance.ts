import { continueAsNew, patched, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ScheduledZones } from '../src/contract/payloads/reset';

const { expireOverdueHolds } = proxyActivities<Pick<Activities, 'expireOverdueHolds'>>({
  startToCloseTimeout: '1m',
  retry: { maximumInterval: '30s' },
  summary: 'Expire overdue holds',
});
const { syncResetSchedules } = proxyActivities<Pick<Activities, 'syncResetSchedules'>>({
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 2 },
  summary: 'Schedule the resets of zones in use',
});

/**
 * Ends overdue holds and keeps a Schedule for the resets of every zone in use, twice a minute, for ever. Reserves do not wait
 * for it: they end the holds that stand in their way.
 */
export async function maintenance(scheduled: ScheduledZones | null = null): Promise<void> {
  let known = scheduled;
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    await expireOverdueHolds(Date.now());
    if (patched('reset-schedules')) known = await syncOrForget(known);
    await sleep('30s');
  }
  await continueAsNew<typeof maintenance>(known);
}

// A server that refuses a Schedule must not keep holds from expiring. What was made before it refused is looked up next time.
async function syncOrForget(known: ScheduledZones | null): Promise<ScheduledZones | null> {
  try {
    const zones = await syncResetSchedules(known);
    setCurrentDetails(`Resets are scheduled in ${zones.map(({ timeZone }) => timeZone).join(', ') || 'no zone'}.`);
    return zones;
  } catch (error) {
    setCurrentDetails(`Resets could not be scheduled: ${String(error)}`);
    return null;
  }
}
