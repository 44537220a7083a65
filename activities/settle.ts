import { Context } from '@temporalio/activity';
import { holdPayload, type HoldPayload } from '../src/contract/payloads/hold';
import type { AttemptOutcome, Run } from '../src/domain/ledger';
import { fromUsd } from '../src/domain/money';
import { perform } from '../src/store/budget-store';
import type { ActivityDependencies } from './dependencies';
import { withNamedFailures } from './failures';

/** Which hold, and when. */
export interface SettleContext {
  readonly organizationId: string;
  readonly key: string;
  readonly at: number;
}

/** How work ended that recorded no attempts. A null cost is unknown. */
export interface WorkOutcome {
  readonly status: AttemptOutcome['status'];
  readonly costUsd: number | null;
}

export function createSettleActivities({ store }: Pick<ActivityDependencies, 'store'>) {
  return {
    /** Charges work that recorded no attempts, and ends its hold. */
    commitCost: ({ organizationId, key, at }: SettleContext, { status, costUsd }: WorkOutcome): Promise<HoldPayload> =>
      withNamedFailures(async () => {
        const outcome = { status, costMicroUsd: costUsd === null ? null : fromUsd(costUsd) };
        return holdPayload(await perform(store, organizationId, { kind: 'commit', key, at, outcome, runId: thisRun() }));
      }),

    /** Ends a hold whose attempts were the charge. */
    settleHold: ({ organizationId, key, at }: SettleContext): Promise<HoldPayload> =>
      withNamedFailures(async () => {
        return holdPayload(await perform(store, organizationId, { kind: 'settle', key, at, noTryBefore: at, runId: thisRun() }));
      }),

    /** Gives back what a reserve may have held whose answer never came, and bars it from landing later. */
    releaseReservation: ({ organizationId, key, at }: SettleContext, run: Run): Promise<HoldPayload> =>
      withNamedFailures(async () => holdPayload(await perform(store, organizationId, { kind: 'release', key, at, onBehalfOf: run }))),
  };
}

function thisRun(): string | null {
  return Context.current().info.workflowExecution?.runId ?? null;
}
