import type { SenderLease } from '../alert-store';
import { rowsOf, type Queryable } from './connection';

const TAKE = `
  insert into alert_senders as sender (organization_id, budget_id, claimer, lease_until, cools_until)
  values ($1, $2, $3, $4, 0)
  on conflict (organization_id, budget_id) do update
  set claimer = excluded.claimer,
    lease_until = case when sender.claimer = excluded.claimer then greatest(sender.lease_until, excluded.lease_until)
                  else excluded.lease_until end
  where sender.claimer = excluded.claimer or sender.lease_until <= $5
  returning cools_until`;

/** Prolongs a sender's lease, or takes one that is over. Undefined: another one has it. In a transaction, its row is locked then. */
export async function takeLease(db: Queryable, lease: SenderLease): Promise<{ cools_until: number } | undefined> {
  const { organizationId, budgetId, claimer, leaseUntil, at } = lease;
  return (await rowsOf<{ cools_until: number }>(db, TAKE, [organizationId, budgetId, claimer, leaseUntil, at]))[0];
}

export async function renewLease(db: Queryable, lease: SenderLease): Promise<boolean> {
  return (await takeLease(db, lease)) !== undefined;
}
