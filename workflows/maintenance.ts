import { continueAsNew, patched, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ZoneInUse } from '../src/contract/payloads/reset';

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
const { pokeWaitingAlerts } = proxyActivities<Pick<Activities, 'pokeWaitingAlerts'>>({
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 2 },
  summary: 'Wake the senders of waiting alerts',
});
const { pruneLedger } = proxyActivities<Pick<Activities, 'pruneLedger'>>({
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 2 },
  summary: 'Prune what is old',
});

/**
 * Ends overdue holds and keeps a Schedule for the resets of every zone in use, twice a minute, for ever; about hourly it prunes
 * what is old. Reserves do not wait for it: they end the holds that stand in their way.
 */
export async function maintenance(): Promise<void> {
  // Not handed to the next run: that one looks again, and so mends what somebody deleted, or what a new version fires otherwise.
  let known: readonly ZoneInUse[] | null = null;
  // So the next run begins with it again.
  let isPruned = false;
  while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < 2_000) {
    await expireOverdueHolds(Date.now());
    if (patched('reset-schedules')) known = await syncOrForget(known);
    // What a poke that was lost left waiting; the next one comes by soon if this one fails.
    if (patched('alerts')) await pokeWaitingAlerts(Date.now()).catch(() => undefined);
    if (!isPruned && patched('retention')) isPruned = await pruneOrLater();
    await sleep('30s');
  }
  await continueAsNew<typeof maintenance>();
}

// Some seconds of a large ledger at a time. What fails is left to the next run.
async function pruneOrLater(): Promise<boolean> {
  try {
    return (await pruneLedger(Date.now())).isComplete;
  } catch {
    return true;
  }
}

// A server that takes no Schedules must not keep holds from expiring.
async function syncOrForget(known: readonly ZoneInUse[] | null): Promise<readonly ZoneInUse[] | null> {
  try {
    const { zones, failures } = await syncResetSchedules(known);
    const names = zones.map(({ timeZone }) => timeZone).join(', ');
    setCurrentDetails(
      `Resets are scheduled in ${names || 'no zone'}.${failures.length > 0 ? ` Not in ${failures.slice(0, 10).join('; ')}` : ''}`,
    );
    return zones;
  } catch (error) {
    setCurrentDetails(`Resets could not be scheduled: ${String(error)}`);
    return null;
  }
}
