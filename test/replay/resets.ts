import type { History } from '@temporalio/common/lib/proto-utils';
import { createResetSchedules } from '../../src/worker/reset-schedules';
import { budgetOf } from '../support/budgets';
import { eventually } from '../support/eventually';
import { refuseToClose } from '../support/resets';
import { startSkippingTime, TIME_QUEUE } from '../support/time-skipping';
import { ended, historyOf, start, until, type Run, type Scenario, type Stage } from './stage';

const DAY = 86_400_000;

/** So many budgets of an organization and a zone of their own, whose month has ended. */
async function endedMonths({ store }: Stage, organizationId: string, timeZone: string, budgets: number): Promise<void> {
  for (let n = 0; n < budgets; n += 1) {
    const budgetId = String.fromCharCode('a'.charCodeAt(0) + n);
    await store.putBudget({ ...budgetOf(organizationId, {}), budgetId, timeZone }, Date.now() - 40 * DAY);
  }
}

/** The same, of which the database refuses to close one, so many times. */
async function troubled(stage: Stage, timeZone: string, times: number): Promise<void> {
  const organizationId = `troubled${String(Date.now())}`;
  await endedMonths(stage, organizationId, timeZone, 3);
  await refuseToClose(stage.databaseUrl, organizationId, times);
}

const reset = (stage: Stage, timeZone: string, pageSize = 500) => start(stage, 'monthlyReset', [{ timeZone, pageSize }]);
const childOf = ({ workflowId, runId }: Required<Run>): Run => ({ workflowId: `${workflowId}/${runId}` });

/** Eleven pages: a run of ten, and a run of one. */
async function elevenPages(stage: Stage, timeZone: string): Promise<Required<Run>> {
  await endedMonths(stage, `pages-${String(Date.now())}`, timeZone, 11);
  return ended(stage, await reset(stage, timeZone, 1));
}

/** The history of a server that does not say whose it is. */
function named(history: History, workflowId: string): History {
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (started) started.workflowId = workflowId;
  return history;
}

export const monthlyReset: Record<string, Scenario> = {
  completed: async (stage) => ended(stage, await reset(stage, 'UTC')),
  'completed-and-told-by-its-pages': (stage) => elevenPages(stage, 'Pacific/Kiritimati'),
  refused: async (stage) => ended(stage, await reset(stage, 'Mars/Olympus')),
  // It tries for minutes, which pass at once on this server.
  'failed-as-not-closed': async (stage) => {
    await troubled(stage, 'Asia/Kabul', 1_000_000);
    const time = await startSkippingTime(stage.store);
    try {
      const args = [{ timeZone: 'Asia/Kabul' }];
      const handle = await time.client.workflow.start('monthlyReset', { workflowId: 'monthlyReset', taskQueue: TIME_QUEUE, args });
      while ((await handle.describe()).status.name === 'RUNNING') await time.sleep(60_000);
      return named(await handle.fetchHistory(), handle.workflowId);
    } finally {
      await time.stop();
    }
  },
  'in-a-cron': async (stage) => {
    const run = await start(stage, 'monthlyReset', [], { cronSchedule: '@every 2s' });
    await until(stage, run, (event) => event.workflowExecutionCompletedEventAttributes);
    await stage.harness.temporal.workflow.getHandle(run.workflowId).terminate();
    return run;
  },
  'by-a-schedule': async ({ harness: { temporal, taskQueue } }) => {
    const schedules = createResetSchedules(temporal, taskQueue);
    await schedules.put({ timeZone: 'Asia/Tokyo', anchorDays: [1] });
    const handle = temporal.schedule.getHandle(`monthly-reset/Asia/Tokyo@${taskQueue}`);
    await handle.trigger();
    const runs = async () => (await handle.describe()).info.recentActions;
    const [action] = await eventually(runs, ({ length }) => length === 1);
    const workflowId = action?.action.workflow.workflowId ?? '';
    await temporal.workflow.result(workflowId);
    await schedules.remove('Asia/Tokyo');
    return { workflowId };
  },
};

export const closeEndedPeriods: Record<string, Scenario> = {
  completed: async (stage) => childOf(await ended(stage, await reset(stage, 'UTC'))),
  'continued-after-ten-pages': async (stage) => {
    const child = childOf(await elevenPages(stage, 'Pacific/Apia'));
    const [started] = (await historyOf(stage, child)).events ?? [];
    return { ...child, runId: started?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? '' };
  },
  'completed-after-its-first-run': async (stage) => childOf(await elevenPages(stage, 'Pacific/Fakaofo')),
  'completed-after-failures': async (stage) => {
    await troubled(stage, 'Asia/Kathmandu', 2);
    return childOf(await ended(stage, await reset(stage, 'Asia/Kathmandu')));
  },
};
