// A ledger as one would tell it to a child, written apart from src/domain so that it can disagree: keys with what they hold and what their
// attempts cost, and everything else added up from them when it is asked for. All budgets are in UTC, and time never goes back.

export interface Attempt {
  readonly id: string;
  readonly isPlain: boolean;
  /** Of the workflow run, and not of nobody's. */
  readonly isOfRun: boolean;
  state: 'open' | 'finished' | 'unconfirmed';
  charged: number;
  /** Where it counts. */
  readonly budgets: readonly string[];
  readonly month: number;
  readonly day: number;
}

export interface Key {
  readonly body: string;
  readonly team: string | null;
  readonly estimate: number;
  readonly ttlMs: number;
  state: 'held' | 'committed' | 'released' | 'expired' | 'denied';
  budgets: readonly string[];
  month: number;
  day: number;
  held: number;
  /** What of it counts in its day. */
  heldInDay: number;
  expiresAt: number;
  /** Work began under the latest decision. */
  hasStarted: boolean;
  /** The first number of a try that may begin still. */
  firstTry: number;
  attempts: Attempt[];
  denial: Denial | null;
}

export interface Put {
  readonly month: number;
  readonly limit: number;
  readonly daily: number | null;
  readonly isHard: boolean;
  readonly carryPercent: number;
}

export interface Denial {
  readonly code: 'monthly_cost' | 'daily_cost';
  readonly budgetId: string;
  readonly limit: number;
  readonly available: number;
}

export interface Model {
  now: number;
  /** By id; `main` is for all calls, `team` for those of the team. */
  budgets: Record<string, { readonly puts: Put[]; closedThrough: number }>;
  keys: Record<string, Key>;
}

export const monthOf = (at: number): number => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth();
export const dayOf = (at: number): number => Math.floor(at / 86_400_000);
const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);

export function putOf(m: Model, budgetId: string, month: number): Put | undefined {
  return m.budgets[budgetId]?.puts.findLast((put) => put.month <= month);
}

export function spentIn(m: Model, budgetId: string, window: { month: number } | { day: number }): number {
  const attempts = Object.values(m.keys).flatMap((key) => key.attempts);
  const here = attempts.filter(
    (one) => one.budgets.includes(budgetId) && ('month' in window ? one.month === window.month : one.day === window.day),
  );
  return sum(here.map(({ charged }) => charged));
}

export function heldIn(m: Model, budgetId: string, window: { month: number } | { day: number }): number {
  const keys = Object.values(m.keys).filter((key) => key.budgets.includes(budgetId));
  return 'month' in window
    ? sum(keys.map((key) => (key.month === window.month ? key.held : 0)))
    : sum(keys.map((key) => (key.day === window.day ? key.heldInDay : 0)));
}

export function carriedInto(m: Model, budgetId: string, month: number): number {
  const before = putOf(m, budgetId, month - 1);
  if (before === undefined) return 0;
  const unused = before.limit - spentIn(m, budgetId, { month: month - 1 }) - heldIn(m, budgetId, { month: month - 1 });
  return Math.min(Math.floor((before.limit * before.carryPercent) / 100), Math.max(0, unused));
}

export function budgetsFor(m: Model, team: string | null): string[] {
  return ['main', 'team'].filter((budgetId) => budgetId in m.budgets && (budgetId === 'main' || team !== null));
}

function refusal(m: Model, budgetIds: readonly string[], amount: number): Denial | null {
  const [month, day] = [monthOf(m.now), dayOf(m.now)];
  for (const code of ['monthly_cost', 'daily_cost'] as const) {
    for (const budgetId of budgetIds) {
      const put = putOf(m, budgetId, month);
      if (put === undefined || !put.isHard || amount === 0) continue;
      const window = code === 'monthly_cost' ? { month } : { day };
      const limit = code === 'monthly_cost' ? put.limit + carriedInto(m, budgetId, month) : put.daily;
      if (limit === null) continue;
      const available = limit - spentIn(m, budgetId, window) - heldIn(m, budgetId, window);
      if (amount > available) return { code, budgetId, limit, available: Math.max(0, available) };
    }
  }
  return null;
}

/** Nobody is refused for what should have ended. */
function decide(m: Model, asking: string, budgetIds: readonly string[], amount: number): Denial | null {
  const denial = refusal(m, budgetIds, amount);
  const overdue = Object.keys(m.keys).filter((name) => name !== asking && isOverdue(m, m.keys[name]));
  if (denial === null || overdue.length === 0) return denial;
  for (const name of overdue) close(m.keys[name], 'expired');
  return refusal(m, budgetIds, amount);
}

export function isOverdue(m: Model, key: Key | undefined): boolean {
  return key?.state === 'held' && key.expiresAt <= m.now;
}

export function hold(m: Model, name: string, key: Key): Denial | null {
  const budgets = budgetsFor(m, key.team);
  const denial = decide(m, name, budgets, key.estimate);
  if (denial !== null) return denial;
  const { estimate, ttlMs } = key;
  const now = { month: monthOf(m.now), day: dayOf(m.now), expiresAt: m.now + ttlMs };
  Object.assign(key, { state: 'held', budgets, held: estimate, heldInDay: estimate, hasStarted: false, ...now });
  return null;
}

/** Holds a full estimate for one attempt more than those that are open. */
export function grow(m: Model, name: string, key: Key): Denial | null {
  const missing = (key.attempts.filter(({ state }) => state === 'open').length + 1) * key.estimate - key.held;
  if (missing <= 0) return null;
  const denial = decide(m, name, key.budgets, missing);
  if (denial !== null) return denial;
  const today = dayOf(m.now);
  Object.assign(key, { held: key.held + missing, heldInDay: (key.day === today ? key.heldInDay : 0) + missing, day: today });
  return null;
}

export function begin(key: Key, id: string, by: Pick<Attempt, 'isPlain' | 'isOfRun'> = { isPlain: true, isOfRun: false }): Attempt {
  const { budgets, month, day } = key;
  const attempt: Attempt = { id, ...by, state: 'open', charged: 0, budgets, month, day };
  key.attempts.push(attempt);
  key.hasStarted = true;
  return attempt;
}

/** Charges an attempt, once; a cost that is told corrects an assumed one. False for another cost than was told before. */
export function finish(key: Key, attempt: Attempt, cost: number | null): boolean {
  if (attempt.state === 'finished') return cost === null || cost === attempt.charged;
  if (attempt.state === 'open') {
    const others = key.attempts.filter(({ state }) => state === 'open').length - 1;
    const covered = Math.min(cost ?? key.estimate, Math.max(0, key.held - others * key.estimate));
    key.held -= covered;
    key.heldInDay = Math.min(key.heldInDay, key.held);
  } else if (cost === null) return true;
  attempt.charged = cost ?? key.estimate;
  attempt.state = cost === null ? 'unconfirmed' : 'finished';
  return true;
}

export function close(key: Key | undefined, state: 'expired' | 'ended'): void {
  if (key?.state !== 'held') return;
  for (const attempt of key.attempts) if (attempt.state === 'open') finish(key, attempt, null);
  Object.assign(key, { held: 0, heldInDay: 0 });
  key.state = state === 'expired' ? 'expired' : key.attempts.length > 0 ? 'committed' : 'released';
}
