import type { AlertedWindow, AlertMessage, CrossingPayload } from '../contract/payloads/alert';

/** The crossing that a message is told by, with its limit's usage as it stands now. */
export interface Lead extends Pick<CrossingPayload, 'window' | 'kind' | 'threshold'> {
  readonly usage: number;
}

/**
 * The highest threshold crossed in the month and day that the message's figures are of; of equals, the month's before the day's and
 * cost before executions. Null where none was.
 */
export function leadOf(message: AlertMessage): Lead | null {
  const current = message.crossings.filter(({ window, windowStart }) => windowStart === message[window].start);
  const [first] = current.sort((a, b) => b.threshold - a.threshold || rankOf(a) - rankOf(b));
  if (first === undefined) return null;
  const { window, kind, threshold } = first;
  return { window, kind, threshold, usage: usageOf(message[window], kind) ?? first.usage };
}

/** Whether a limit of this window and kind was crossed. */
export function hasCrossed({ crossings }: AlertMessage, window: 'month' | 'day', kind: 'cost' | 'executions'): boolean {
  return crossings.some((crossing) => crossing.window === window && crossing.kind === kind);
}

function rankOf({ window, kind }: CrossingPayload): number {
  return (window === 'month' ? 0 : 2) + (kind === 'cost' ? 0 : 1);
}

// Null where the limit has been lifted since, and where it is 0, of which nothing is a share.
function usageOf({ usage, executions, executionLimit }: AlertedWindow, kind: 'cost' | 'executions'): number | null {
  if (kind === 'cost') return usage;
  return executionLimit === null || executionLimit === 0 ? null : executions / executionLimit;
}
