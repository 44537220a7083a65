import type { AlertedWindow, AlertMessage, CrossingPayload } from '../contract/payloads/alert';

/** The crossing that a message is told by, with its limit's usage as it stood last. */
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

/** Whether it is a limit of this window and kind that was crossed, or that denied. */
export function isAbout({ crossings, denials }: AlertMessage, window: 'month' | 'day', kind: 'cost' | 'executions'): boolean {
  return [...crossings, ...(denials === null ? [] : [denials])].some((one) => one.window === window && one.kind === kind);
}

function rankOf({ window, kind }: CrossingPayload): number {
  return (window === 'month' ? 0 : 2) + (kind === 'cost' ? 0 : 1);
}

// Null where the limit has been lifted since, and where it is 0, of which nothing is a share.
function usageOf({ usage, executions, executionLimit }: AlertedWindow, kind: 'cost' | 'executions'): number | null {
  if (kind === 'cost') return usage;
  return executionLimit === null || executionLimit === 0 ? null : executions / executionLimit;
}
