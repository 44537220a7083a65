import { isoOf } from '../contract/payloads/statement';
import type { Delivery, StoredAlert } from '../store/alert-store';
import { snakeKeys } from './snake';

/** An alert, and how it fares by each channel. */
export function alertJson({ alertId, budgetId, message, createdAt, giveUpAt, deliveries }: StoredAlert) {
  return {
    alert_id: alertId,
    budget_id: budgetId,
    event: message.event,
    created_at: isoOf(createdAt),
    give_up_at: isoOf(giveUpAt),
    external_agent_id: message.agentId,
    crossings: message.crossings.map(snakeKeys),
    denials: message.denials,
    is_digest: message.isDigest,
    deliveries: deliveries.map(deliveryJson),
  };
}

function deliveryJson({ channel, target, state, attempts, remaining, refused, note, notBefore, updatedAt, lastAttempts }: Delivery) {
  const times = { not_before: isoOf(notBefore), updated_at: isoOf(updatedAt) };
  const answer = lastAttempts.at(-1)?.answer ?? null;
  return { channel, target, state, attempts, answer, remaining: remaining && [...remaining], refused: [...refused], note, ...times };
}
