import { ApplicationFailure } from '@temporalio/activity';
import type { Notifier } from '../src/notify/notifier';
import type { ActivityDependencies } from './dependencies';

/** This worker's notifier. Throws where it has none: the next attempt may be another worker's. */
export function notifierOf({ notifier }: Pick<ActivityDependencies, 'notifier'>): Notifier {
  if (notifier !== undefined) return notifier;
  throw ApplicationFailure.retryable('This worker sends no alerts: give it a notifier', 'NoNotifier');
}
