import type { Hold } from '../../domain/ledger';
import { chunksOf } from './chunks';
import { rowsOf, type Queryable } from './connection';
import { rowOfHold } from './hold-row';

const SQL = `
  insert into holds select * from jsonb_populate_recordset(null::holds, $1)
  on conflict (organization_id, key) do update set
    run_id = excluded.run_id, first_execution_run_id = excluded.first_execution_run_id, barred_run_ids = excluded.barred_run_ids,
    team_id = excluded.team_id, user_id = excluded.user_id, agent_id = excluded.agent_id,
    fingerprint = excluded.fingerprint, estimate = excluded.estimate, at = excluded.at, ttl_ms = excluded.ttl_ms,
    expires_at = excluded.expires_at, state = excluded.state, decision = excluded.decision, lines = excluded.lines,
    held = excluded.held, reserved = excluded.reserved, has_started = excluded.has_started, counted = excluded.counted,
    attempts = excluded.attempts, settled_at = excluded.settled_at, is_late = excluded.is_late`;

export async function writeHolds(db: Queryable, holds: readonly Hold[]): Promise<void> {
  for (const chunk of chunksOf(holds)) await rowsOf(db, SQL, [JSON.stringify(chunk.map(rowOfHold))]);
}
