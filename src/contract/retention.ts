import { LEAST_RETENTION_DAYS } from '../domain/retention';
import { SetupError } from './setup-error';

/** Throws SetupError unless that many days may be kept; null is for ever. `name` is what they were set by. */
export function assertRetention(name: string, days: number | null): void {
  if (days === null || (Number.isSafeInteger(days) && days >= LEAST_RETENTION_DAYS)) return;
  throw new SetupError(
    `${name} is ${String(days)}. Keep at least ${String(LEAST_RETENTION_DAYS)} days: reports and late costs need what is younger.`,
  );
}
