import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  executeChild,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { FailureType } from '../src/contract/names/failures';
import { summaryOf } from '../src/contract/names/summary';
import { QueryName, SignalName } from '../src/contract/names/workflows';
import type { ResetProgress, ResetRequest } from '../src/contract/payloads/reset';
import { closeEndedPeriods } from './close-ended-periods';
import { progressText, startOfReset } from './reset-progress';
import { namedFailure } from './named-failure';

export const resetProgress = defineSignal<[ResetProgress]>(SignalName.resetProgress);
export const progress = defineQuery<ResetProgress>(QueryName.progress);

const { expireOverdueHolds } = proxyActivities<Pick<Activities, 'expireOverdueHolds'>>({
  startToCloseTimeout: '1m',
  // What stays overdue counts as spent until it is expired, so a failure here only leaves that for later.
  retry: { maximumAttempts: 3 },
  summary: 'Expire overdue holds',
});

/**
 * Closes every period of a zone's budgets that has ended: months, their statements and what they carry over were complete
 * before, so it may come early, late, twice, at the same time as another, or never. Fails as BudgetsNotClosed when some budgets
 * could not be closed after several tries (the next reset tries them again), as InvalidRequest for a zone that is none.
 */
export async function monthlyReset({ timeZone = 'UTC', pageSize = 500 }: ResetRequest = {}): Promise<ResetProgress> {
  let current = startOfReset(timeZone, Date.now());
  const show = (reached: ResetProgress) => {
    current = reached;
    setCurrentDetails(progressText(reached));
  };
  setHandler(progress, () => current);
  setHandler(resetProgress, show);
  show(current);

  await expireOverdueHolds(Date.parse(current.at)).catch(() => undefined);
  // A child, since it continues as new: that would end a cron on the server.
  const closed = await executeChild(closeEndedPeriods, {
    workflowId: `${workflowInfo().workflowId}/${workflowInfo().runId}`,
    staticSummary: summaryOf(`Closes the ended periods of ${timeZone}`),
    args: [{ progress: current, pageSize, after: null }],
  }).catch((error: unknown) => {
    throw namedFailure(error);
  });
  show(closed);
  if (closed.notClosed === 0) return closed;
  throw ApplicationFailure.nonRetryable(progressText(closed), FailureType.budgetsNotClosed, closed);
}
