import type { Happening } from '../../domain/ledger';
import { rowsOf, type Queryable } from './connection';

interface Row {
  happening_id: number;
  budget_id: string;
  what: Happening['what'];
  win: Happening['window'];
  kind: Happening['kind'];
  window_start: number;
  threshold: number;
  sequence: number;
  at: number;
  usage: number;
  reason: string | null;
  agent_id: string | null;
  count: number;
  figures: Pick<Happening, 'month' | 'day' | 'closed'>;
}

const WAITING = `
  select * from happenings
  where organization_id = $1 and budget_id = $2 and alert_id is null
  order by happening_id limit 1000 for update`;

/** What waits to be told of a budget, and is now this transaction's to tell. */
export async function lockWaiting(
  db: Queryable,
  organizationId: string,
  budgetId: string,
): Promise<{ happeningId: number; happening: Happening }[]> {
  return (await rowsOf<Row>(db, WAITING, [organizationId, budgetId])).map((row) => ({
    happeningId: row.happening_id,
    happening: {
      budgetId: row.budget_id,
      what: row.what,
      window: row.win,
      kind: row.kind,
      windowStart: row.window_start,
      threshold: row.threshold,
      sequence: row.sequence,
      at: row.at,
      usage: row.usage,
      reason: row.reason,
      agentId: row.agent_id,
      count: row.count,
      ...row.figures,
    },
  }));
}
