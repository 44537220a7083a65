import { metricMeter } from '@temporalio/activity';
import type { ChannelName } from '../src/contract/payloads/alert';
import type { StoredAlert } from '../src/store/alert-store';

// By the SDK's meter: they appear beside its own metrics, wherever the Runtime is told to export those.
const counted = (name: string, description: string, count: number, tags: Record<string, string>) => {
  metricMeter.createCounter(name, undefined, description).add(count, tags);
};

export function countSent(channel: ChannelName): void {
  counted('agent_budget_alerts_sent', 'Alert messages that a channel took', 1, { channel });
}

export function countFailed(channel: ChannelName): void {
  counted('agent_budget_alerts_failed', 'Alert messages that a channel refused, or that were given up', 1, { channel });
}

/** What got no message of its own: told together with others, or not at all where the receiver disabled its address. */
export function countSuppressed({ message, deliveries }: StoredAlert): void {
  const { crossings, denials, closed } = message;
  const happened = crossings.length + (denials?.count ?? 0) + (closed === null ? 0 : 1);
  const description = 'Happenings that got no message of their own';
  if (happened > 1) counted('agent_budget_alerts_suppressed', description, happened - 1, { reason: 'coalesced' });
  const disabled = deliveries.filter(({ state }) => state === 'disabled').length;
  if (disabled > 0) counted('agent_budget_alerts_suppressed', description, disabled, { reason: 'disabled' });
}
