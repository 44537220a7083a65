import type { Decision } from '../../domain/decision';
import type { Attempt, Hold, HoldLine, HoldState, Line } from '../../domain/ledger';
import type { MicroUsd } from '../../domain/money';

/** A row of `holds`. */
export interface HoldRow {
  organization_id: string;
  key: string;
  run_id: string | null;
  first_execution_run_id: string | null;
  barred_run_ids: readonly string[];
  team_id: string | null;
  user_id: string | null;
  agent_id: string | null;
  fingerprint: string;
  estimate: number;
  at: number;
  ttl_ms: number;
  expires_at: number;
  state: HoldState;
  decision: Decision | null;
  lines: readonly HoldLine[];
  held: number;
  reserved: number;
  has_started: boolean;
  counted: readonly Line[];
  attempts: readonly Attempt[];
  settled_at: number | null;
  is_late: boolean;
}

export function holdOf(row: HoldRow): Hold {
  return {
    organizationId: row.organization_id,
    key: row.key,
    runId: row.run_id,
    firstExecutionRunId: row.first_execution_run_id,
    barredRunIds: row.barred_run_ids,
    call: { organizationId: row.organization_id, teamId: row.team_id, userId: row.user_id, agentId: row.agent_id },
    fingerprint: row.fingerprint,
    estimateMicroUsd: row.estimate as MicroUsd,
    at: row.at,
    ttlMs: row.ttl_ms,
    expiresAt: row.expires_at,
    state: row.state,
    decision: row.decision,
    lines: row.lines,
    heldMicroUsd: row.held as MicroUsd,
    reservedMicroUsd: row.reserved as MicroUsd,
    hasStarted: row.has_started,
    counted: row.counted,
    attempts: row.attempts,
    settledAt: row.settled_at,
    isLate: row.is_late,
  };
}

export function rowOfHold(hold: Hold): HoldRow {
  return {
    organization_id: hold.organizationId,
    key: hold.key,
    run_id: hold.runId,
    first_execution_run_id: hold.firstExecutionRunId,
    barred_run_ids: hold.barredRunIds,
    team_id: hold.call.teamId,
    user_id: hold.call.userId,
    agent_id: hold.call.agentId,
    fingerprint: hold.fingerprint,
    estimate: hold.estimateMicroUsd,
    at: hold.at,
    ttl_ms: hold.ttlMs,
    expires_at: hold.expiresAt,
    state: hold.state,
    decision: hold.decision,
    lines: hold.lines,
    held: hold.heldMicroUsd,
    reserved: hold.reservedMicroUsd,
    has_started: hold.hasStarted,
    counted: hold.counted,
    attempts: hold.attempts,
    settled_at: hold.settledAt,
    is_late: hold.isLate,
  };
}
