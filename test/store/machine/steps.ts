import {
  begin,
  budgetsFor,
  close,
  dayOf,
  finish,
  grow,
  hold,
  isOverdue,
  monthOf,
  type Attempt,
  type Denial,
  type Key,
  type Model,
} from './model';

/** What somebody asks of the ledger. Amounts are micro-USD. */
export type Step =
  | { readonly is: 'pass'; readonly ms: number }
  | {
      readonly is: 'put';
      readonly budget: 'main' | 'team';
      readonly limit: number;
      readonly daily: number | null;
      readonly isHard: boolean;
      readonly carryPercent: number;
    }
  | {
      readonly is: 'reserve';
      readonly key: string;
      readonly amount: number;
      readonly team: 't' | null;
      readonly startsWork: boolean;
      readonly ttlMs: number;
    }
  | { readonly is: 'start'; readonly key: string; readonly attempt: string; readonly ofRun: boolean }
  | { readonly is: 'finish'; readonly key: string; readonly attempt: string; readonly cost: number | null }
  | { readonly is: 'commit'; readonly key: string; readonly cost: number | null }
  | { readonly is: 'settle'; readonly key: string; readonly noTryBefore: number }
  | { readonly is: 'release' | 'extend'; readonly key: string }
  | { readonly is: 'charge'; readonly key: string; readonly amount: number }
  | { readonly is: 'expire' | 'prune' }
  | { readonly is: 'close'; readonly budget: 'main' | 'team' };

/** What one is told: an error by its code, a denial, and how the key stands. */
export type Answer =
  string | Denial | { readonly state: string; readonly held: number; readonly charged: number } | { readonly count: number };

/** Does a step in the model, and says what the answer must be. Null: the model does not know. */
export function answerOf(m: Model, step: Step): Answer | null {
  switch (step.is) {
    case 'pass':
      m.now += step.ms;
      return null;
    case 'prune':
      return null;
    case 'put': {
      const { budget, limit, daily, isHard, carryPercent } = step;
      const known = (m.budgets[budget] ??= { puts: [], closedThrough: monthOf(m.now) - 1 });
      known.puts.push({ month: monthOf(m.now), limit, daily, isHard, carryPercent });
      return null;
    }
    case 'close': {
      const known = m.budgets[step.budget];
      const through = monthOf(m.now) - 1;
      const count = known === undefined ? 0 : through - known.closedThrough;
      if (known !== undefined) known.closedThrough = through;
      return { count };
    }
    case 'expire': {
      const overdue = Object.values(m.keys).filter((key) => isOverdue(m, key));
      for (const key of overdue) close(key, 'expired');
      return { count: overdue.length };
    }
    case 'reserve':
      return reserved(m, step);
    case 'charge':
      return charged(m, step);
    default:
      return onKey(m, step, m.keys[step.key]);
  }
}

function reserved(m: Model, step: Extract<Step, { is: 'reserve' }>): Answer {
  const { key: name, amount, team, ttlMs, startsWork } = step;
  const body = bodyOf(step);
  const known = m.keys[name];
  if (known !== undefined) {
    if (known.body !== body) return 'KeyConflict';
    if (isOverdue(m, known)) close(known, 'expired');
    return known.denial !== null && known.state === 'denied' ? known.denial : standing(known);
  }
  const key = { ...nothing(m, body, team, amount, ttlMs) };
  m.keys[name] = key;
  key.denial = hold(m, name, key);
  if (key.denial !== null) return key.denial;
  if (startsWork) begin(key, 'plain');
  return standing(key);
}

function charged(m: Model, step: Extract<Step, { is: 'charge' }>): Answer {
  const { key: name, amount } = step;
  const body = bodyOf(step);
  const known = m.keys[name];
  if (known !== undefined) return known.body === body && known.state === 'committed' ? standing(known) : 'KeyConflict';
  const key: Key = { ...nothing(m, body, 't', amount, 0), state: 'committed', budgets: budgetsFor(m, 't') };
  m.keys[name] = key;
  finish(key, begin(key, 'plain'), amount);
  return standing(key);
}

type OnKey = Exclude<Step, { is: 'pass' | 'put' | 'reserve' | 'charge' | 'expire' | 'prune' | 'close' }>;

function onKey(m: Model, step: OnKey, key: Key | undefined): Answer {
  if (key === undefined) return 'HoldNotFound';
  switch (step.is) {
    case 'extend':
      if (key.state === 'held') key.expiresAt = Math.max(key.expiresAt, m.now + key.ttlMs);
      break;
    case 'settle':
      close(key, 'ended');
      if (key.state === 'expired' && key.attempts.length > 0) key.state = 'committed';
      key.firstTry = Math.max(key.firstTry, step.noTryBefore);
      break;
    case 'release':
      if (key.state === 'committed') return 'HoldCommitted';
      unspend(key);
      close(key, 'ended');
      break;
    case 'commit': {
      if (key.state === 'denied') return 'HoldDenied';
      const plain = key.attempts.findLast(({ isPlain }) => isPlain);
      const attempt = key.hasStarted && plain !== undefined ? plain : begin(key, 'plain');
      if (!finish(key, attempt, step.cost)) return 'KeyConflict';
      close(key, 'ended');
      key.state = 'committed';
      break;
    }
    case 'start':
      return started(m, key, step);
    case 'finish': {
      const attempt = key.attempts.find(({ id }) => id === step.attempt);
      if (attempt === undefined) return 'AttemptNotFound';
      if (!finish(key, attempt, step.cost)) return 'KeyConflict';
    }
  }
  return standing(key);
}

/** Who releases says that nothing was spent: what began with the grant has not. */
function unspend(key: Key): void {
  const plain = key.attempts.findLast(({ isPlain }) => isPlain);
  const isUndone = (key.state === 'held' && plain?.state === 'open') || (key.state === 'expired' && plain?.state === 'unconfirmed');
  if (!isUndone) return;
  key.attempts = key.attempts.filter((other) => other !== plain);
  key.hasStarted &&= key.attempts.length > 0;
}

function started(m: Model, key: Key, { key: name, attempt: id, ofRun }: Extract<Step, { is: 'start' }>): Answer {
  const told = key.attempts.find((attempt) => attempt.id === id);
  const prolong = () => (key.expiresAt = Math.max(key.expiresAt, m.now + key.ttlMs));
  if (told?.state === 'open' && key.state === 'held') {
    prolong();
    return standing(key);
  }
  if (key.state === 'denied' && key.denial !== null) return key.denial;
  // Tries are scheduled as they are numbered.
  const isLater = (other: Attempt) => !other.isPlain && other.isOfRun === ofRun && other.id > id;
  if (Number(id) < key.firstTry || key.attempts.some(isLater)) return 'AttemptSuperseded';
  if (told !== undefined) {
    if (key.state !== 'expired' || told.state !== 'unconfirmed') return 'KeyConflict';
    // Its start was never heard of, so nothing ran.
    key.attempts = key.attempts.filter((attempt) => attempt !== told);
  }
  if (isOverdue(m, key)) close(key, 'expired');
  for (const attempt of key.attempts) if (attempt.state === 'open' && (ofRun || !attempt.isPlain)) finish(key, attempt, null);
  const denial = key.state === 'held' ? grow(m, name, key) : hold(m, name, key);
  if (denial !== null) return denial;
  begin(key, id, { isPlain: false, isOfRun: ofRun });
  prolong();
  return standing(key);
}

function nothing(m: Model, body: string, team: string | null, estimate: number, ttlMs: number): Key {
  const where = { budgets: [], month: monthOf(m.now), day: dayOf(m.now) };
  const money = { estimate, ttlMs, held: 0, heldInDay: 0, expiresAt: m.now + ttlMs };
  return { body, team, ...where, ...money, state: 'denied', hasStarted: false, firstTry: 0, attempts: [], denial: null };
}

function standing({ state, held, attempts }: Key): Answer {
  return { state, held, charged: attempts.reduce((sum, one) => sum + one.charged, 0) };
}

export function bodyOf(step: Extract<Step, { is: 'reserve' | 'charge' }>): string {
  return `${step.is} ${String(step.amount)}`;
}

/**
 * Whether the model has an answer. Not for more under a hold of a month that has ended: in which day that counts is for agreement.test.ts to
 * compare. One that is overdue ends first, unless somebody may extend it before.
 */
export function isAnswered(m: Model, step: Step, mayBeExtended = false): boolean {
  if (step.is === 'close') return step.budget in m.budgets;
  if (step.is !== 'start') return true;
  const key = m.keys[step.key];
  return key?.state !== 'held' || (isOverdue(m, key) && !mayBeExtended) || key.month === monthOf(m.now);
}
