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
  readonly noTryBefore?: number;
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
  /** How long before it started the attempt was scheduled. */
  readonly waited?: number;
  /** Left out: the hold's, for the estimate; and the estimate, for the allowance. */
  readonly estimate?: number;
  readonly allowance?: number;
  readonly charged?: number;
  readonly state: Attempt['state'];
  readonly assumed?: boolean;
  /** Left out: the hold's. */
  readonly lines?: readonly LineTuple[];
}

type Mutable<Body> = { -readonly [Field in keyof Body]: Body[Field] };

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
    noTryBefore: body.noTryBefore ?? null,
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
      const startedAt = attempt.at ?? row.at;
      const estimateMicroUsd = (attempt.estimate ?? body.estimate) as MicroUsd;
      return {
        attemptId: attempt.attemptId ?? plainAttemptId(row.key),
        activityId: attempt.activityId ?? null,
        runId: attempt.runId ?? null,
        startedAt,
        scheduledAt: startedAt - (attempt.waited ?? 0),
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

// Field by field: a literal of conditional spreads takes V8 ten times as long.
export function bodyOf(hold: Hold): HoldBody {
  const { runId, firstExecutionRunId, barredRunIds, call, decision, lines, counted, attempts } = hold;
  const body: Mutable<HoldBody> = {
    fingerprint: hold.fingerprint,
    estimate: hold.estimateMicroUsd,
    ttl: hold.ttlMs,
    reserved: hold.reservedMicroUsd,
    lines: lines.map(({ budgetId, periodStart, dayStart, heldInDayMicroUsd }) => [budgetId, periodStart, dayStart, heldInDayMicroUsd]),
  };
  if (runId !== null) body.run = runId;
  if (firstExecutionRunId !== null) body.firstRun = firstExecutionRunId;
  if (barredRunIds.length > 0) body.barred = barredRunIds;
  if (hold.noTryBefore !== null) body.noTryBefore = hold.noTryBefore;
  if (call.teamId !== null) body.team = call.teamId;
  if (call.userId !== null) body.user = call.userId;
  if (hold.hasStarted) body.started = true;
  if (hold.isLate) body.late = true;
  if (decision !== null) body.decision = unusualOf(decision);
  if (!areSame(counted, lines)) body.counted = counted.map(tupleOf);
  if (attempts.length > 0) body.attempts = attempts.map((attempt) => attemptBodyOf(attempt, hold));
  return body;
}

function attemptBodyOf(attempt: Attempt, hold: Hold): AttemptBody {
  const body: Mutable<AttemptBody> = { state: attempt.state };
  if (attempt.attemptId !== plainAttemptId(hold.key)) body.attemptId = attempt.attemptId;
  if (attempt.activityId !== null) body.activityId = attempt.activityId;
  if (attempt.runId !== null) body.runId = attempt.runId;
  if (attempt.startedAt !== hold.at) body.at = attempt.startedAt;
  if (attempt.scheduledAt !== attempt.startedAt) body.waited = attempt.startedAt - attempt.scheduledAt;
  if (attempt.estimateMicroUsd !== hold.estimateMicroUsd) body.estimate = attempt.estimateMicroUsd;
  if (attempt.allowanceMicroUsd !== attempt.estimateMicroUsd) body.allowance = attempt.allowanceMicroUsd;
  if (attempt.chargedMicroUsd !== 0) body.charged = attempt.chargedMicroUsd;
  if (attempt.isAssumed) body.assumed = true;
  if (!areSame(attempt.lines, hold.lines)) body.lines = attempt.lines.map(tupleOf);
  return body;
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
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(decision) as (keyof Grant)[]) {
    if (decision[name] !== USUAL_GRANT[name]) kept[name] = decision[name];
  }
  return kept;
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
