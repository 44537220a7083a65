import { Context } from '@temporalio/activity';
import { sampleAlert } from '../src/contract/payloads/alert-sample';
import type { ChannelReport } from '../src/contract/payloads/alerting';
import type { BudgetReference } from '../src/contract/payloads/reset';
import { alertConfigOf } from '../src/domain/alert-config';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import { NotifyFailure } from '../src/notify/notify-failure';
import { noteOf } from '../src/notify/sent';
import type { ActivityDependencies } from './dependencies';
import { withNamedFailures } from './failures';
import { notifierOf } from './notifier-of';

/** Sends a sample, with this id, through every channel of a budget, all at once and each once, and reports what each answered. */
export function createTestAlerts(dependencies: Pick<ActivityDependencies, 'store' | 'notifier'>) {
  const { store } = dependencies;
  return (name: BudgetReference, id: string): Promise<readonly ChannelReport[]> =>
    withNamedFailures(async () => {
      const { organizationId, budgetId } = name;
      const at = Context.current().info.currentAttemptScheduledTimestampMs;
      const budget = await store.budget(organizationId, budgetId);
      if (budget === undefined) throw new DomainError(DomainErrorCode.budgetNotFound, `${organizationId} has no budget ${budgetId}`);
      const config = alertConfigOf(await store.policy(organizationId), budget);
      const sample = sampleAlert(id, budget, await store.balances(organizationId, budgetId, at), config, at);
      const notifier = notifierOf(dependencies);
      const targets = await notifier.targetsOf(config);
      const signal = Context.current().cancellationSignal;
      return Promise.all(
        targets.map(async ({ channel, fingerprint }): Promise<ChannelReport> => {
          try {
            const answer = noteOf(await notifier.send(channel, sample, config, signal)) ?? 'Delivered';
            // An address that was disabled is wanted again.
            await store.enableAddress(name, { channel, fingerprint });
            return { channel, isDelivered: true, answer };
          } catch (error) {
            if (!(error instanceof NotifyFailure)) throw error;
            return { channel, isDelivered: false, answer: error.message };
          }
        }),
      );
    });
}
