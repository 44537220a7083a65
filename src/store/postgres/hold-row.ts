import type { Decision, Grant } from '../../domain/decision';
import type { Attempt, Hold, HoldLine, HoldState, Line } from '../../domain/ledger';
import { WITHIN_BUDGET } from '../../domain/messages';
import { ZERO, type MicroUsd } from '../../domain/money';

/** A row of `holds`. */
export interface HoldRow {
  organization_id: string;
  key: string;
  agent_id: string | null;
  state: HoldState;
  at: number;
  expires_at: number;
  settled_at: number | null;
  held: number;
  body: HoldBody;
}

/** What of a hold no statement looks for. Left out is what is usual, or can be told from the rest: a row is half as long for it. */
interface HoldBody {
  readonly run?: string;
  readonly firstRun?: string;
  readonly barred?: readonly string[];
  readonly team?: string;
  readonly user?: string;
  readonly fingerprint: string;
  readonly estimate: number;
  readonly ttl: number;
  readonly reserved: number;
  readonly started?: true;
  readonly late?: true;
  /** Of a grant, only what differs from USUAL_GRANT. */
  readonly decision?: Partial<Grant> | Decision;
  readonly lines: readonly LineTuple[];
  /** Left out: the hold's lines, once. */
  readonly counted?: readonly LineTuple[];
  readonly attempts?: readonly AttemptBody[];
}

/** Budget, start of the month, start of the day; of a hold's line also what it holds in the day. */
type LineTuple = readonly [string, number, number, number?];

interface AttemptBody {
  /** Left out: the hold's first plain attempt. */
  readonly attemptId?: string;
  readonly activityId?: string;
  readonly runId?: string;
  /** Left out: when the hold was made. */
  readonly at?: number;
  /** Left out: the hold's, for the estimate; and the estimate, for the allowance. */
  readonly estimate?: number;
  readonly allowance?: number;
  readonly charged?: number;
  readonly state: Attempt['state'];
  readonly assumed?: boolean;
  /** Left out: the hold's. */
  readonly lines?: readonly LineTuple[];
}

const USUAL_GRANT: Partial<Grant> = {
  status: 'granted',
  reason: WITHIN_BUDGET,
  isDegraded: false,
  isUnbudgeted: false,
  warningMessage: null,
  remainingExecutions: null,
  softDenial: null,
};

export function holdOf({ body, ...row }: HoldRow): Hold {
  const lines = body.lines.map(holdLineOf);
  const countedLines = (tuples?: readonly LineTuple[]) => (tuples ?? body.lines).map(lineOf);
  return {
    organizationId: row.organization_id,
    key: row.key,
    runId: body.run ?? null,
    firstExecutionRunId: body.firstRun ?? null,
    barredRunIds: body.barred ?? [],
    call: { organizationId: row.organization_id, teamId: body.team ?? null, userId: body.user ?? null, agentId: row.agent_id },
    fingerprint: body.fingerprint,
    estimateMicroUsd: body.estimate as MicroUsd,
    at: row.at,
    ttlMs: body.ttl,
    expiresAt: row.expires_at,
    state: row.state,
    decision: decisionOf(body.decision),
    lines,
    heldMicroUsd: row.held as MicroUsd,
    reservedMicroUsd: body.reserved as MicroUsd,
    hasStarted: body.started ?? false,
    counted: countedLines(body.counted),
    attempts: (body.attempts ?? []).map((attempt): Attempt => {
      const estimateMicroUsd = (attempt.estimate ?? body.estimate) as MicroUsd;
      return {
        attemptId: attempt.attemptId ?? plainAttemptId(row.key),
        activityId: attempt.activityId ?? null,
        runId: attempt.runId ?? null,
        startedAt: attempt.at ?? row.at,
        estimateMicroUsd,
        lines: countedLines(attempt.lines),
        state: attempt.state,
        chargedMicroUsd: (attempt.charged ?? ZERO) as MicroUsd,
        allowanceMicroUsd: (attempt.allowance ?? estimateMicroUsd) as MicroUsd,
        isAssumed: attempt.assumed ?? false,
      };
    }),
    settledAt: row.settled_at,
    isLate: body.late ?? false,
  };
}

export function bodyOf(hold: Hold): HoldBody {
  const { runId, firstExecutionRunId, barredRunIds, call, decision, lines, counted, attempts } = hold;
  return {
    ...(runId !== null && { run: runId }),
    ...(firstExecutionRunId !== null && { firstRun: firstExecutionRunId }),
    ...(barredRunIds.length > 0 && { barred: barredRunIds }),
    ...(call.teamId !== null && { team: call.teamId }),
    ...(call.userId !== null && { user: call.userId }),
    fingerprint: hold.fingerprint,
    estimate: hold.estimateMicroUsd,
    ttl: hold.ttlMs,
    reserved: hold.reservedMicroUsd,
    ...(hold.hasStarted && { started: true }),
    ...(hold.isLate && { late: true }),
    ...(decision !== null && { decision: unusualOf(decision) }),
    lines: lines.map((line) => [...tupleOf(line), line.heldInDayMicroUsd] as const),
    ...(!areSame(counted, lines) && { counted: counted.map(tupleOf) }),
    ...(attempts.length > 0 && { attempts: attempts.map((attempt) => attemptBodyOf(attempt, hold)) }),
  };
}

function attemptBodyOf(attempt: Attempt, hold: Hold): AttemptBody {
  return {
    ...(attempt.attemptId !== plainAttemptId(hold.key) && { attemptId: attempt.attemptId }),
    ...(attempt.activityId !== null && { activityId: attempt.activityId }),
    ...(attempt.runId !== null && { runId: attempt.runId }),
    ...(attempt.startedAt !== hold.at && { at: attempt.startedAt }),
    ...(attempt.estimateMicroUsd !== hold.estimateMicroUsd && { estimate: attempt.estimateMicroUsd }),
    ...(attempt.allowanceMicroUsd !== attempt.estimateMicroUsd && { allowance: attempt.allowanceMicroUsd }),
    ...(attempt.chargedMicroUsd !== 0 && { charged: attempt.chargedMicroUsd }),
    state: attempt.state,
    ...(attempt.isAssumed && { assumed: true }),
    ...(!areSame(attempt.lines, hold.lines) && { lines: attempt.lines.map(tupleOf) }),
  };
}

function plainAttemptId(key: string): string {
  return `${key}#1`;
}

function decisionOf(stored: HoldBody['decision']): Decision | null {
  if (stored === undefined) return null;
  return (stored.status === 'denied' ? stored : { ...USUAL_GRANT, ...stored }) as Decision;
}

function unusualOf(decision: Decision): Partial<Grant> | Decision {
  if (decision.status === 'denied') return decision;
  const kept = Object.entries(decision).filter(([name, value]) => value !== USUAL_GRANT[name as keyof Grant]);
  return Object.fromEntries(kept);
}

function areSame(some: readonly Line[], others: readonly Line[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ budgetId, periodStart, dayStart }, index) => {
      const other = others[index];
      return other?.budgetId === budgetId && other.periodStart === periodStart && other.dayStart === dayStart;
    })
  );
}

function tupleOf({ budgetId, periodStart, dayStart }: Line): readonly [string, number, number] {
  return [budgetId, periodStart, dayStart];
}

function lineOf([budgetId, periodStart, dayStart]: LineTuple): Line {
  return { budgetId, periodStart, dayStart };
}

function holdLineOf([budgetId, periodStart, dayStart, heldInDay = 0]: LineTuple): HoldLine {
  return { budgetId, periodStart, dayStart, heldInDayMicroUsd: heldInDay as MicroUsd };
}
