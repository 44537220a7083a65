import {
  continueAsNew,
  defineQuery,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { QueryName, SignalName } from '../src/contract/names/workflows';
import type { BudgetReference, ResetProgress } from '../src/contract/payloads/reset';
import { progressText, withPage, withRound } from './reset-progress';

/** So that no history grows with the number of budgets. */
const PAGES_A_RUN = 10;
/** How often those that failed are tried again, ever later. */
const ROUNDS = 5;

const { closePage, closeAgain } = proxyActivities<Pick<Activities, 'closePage' | 'closeAgain'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '30s',
  retry: { maximumInterval: '1m' },
});

export interface Closing {
  readonly progress: ResetProgress;
  readonly pageSize: number;
  readonly after: BudgetReference | null;
}

/** The work of a monthly reset: page after page of a zone's budgets, continued as new every few pages; in the end, those that failed. */
export async function closeEndedPeriods({ progress, pageSize, after }: Closing): Promise<ResetProgress> {
  let current = progress;
  let next = after;
  const at = Date.parse(progress.at);
  setHandler(defineQuery<ResetProgress>(QueryName.progress), () => current);
  const show = (reached: ResetProgress) => {
    current = reached;
    setCurrentDetails(progressText(reached));
  };
  show(current);
  for (let page = 0; page < PAGES_A_RUN; page += 1) {
    const closed = await closePage({ timeZone: progress.timeZone, at, after: next, most: pageSize });
    show(withPage(current, closed));
    next = closed.next;
    if (next !== null) continue;
    for (let round = 0; current.failures.length > 0 && round < ROUNDS; round += 1) {
      await sleep(1_000 * 4 ** round);
      show(withRound(current, await closeAgain(current.failures, at)));
    }
    return { ...current, isDone: true };
  }
  await tellParent(current);
  return continueAsNew<typeof closeEndedPeriods>({ progress: current, pageSize, after: next });
}

async function tellParent(progress: ResetProgress): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  try {
    await getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(SignalName.resetProgress, progress);
  } catch (error) {
    // A parent that is gone needs no news.
    if (isCancellation(error)) throw error;
  }
}
