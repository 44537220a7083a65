import { daysOfChange, monthStarts } from './local-time';
import { callsAtMidnight, callsAtMonthsEnd, endOf, MINUTE, NIGHT_OWL, type Call } from './year-calls';

/** An organization, its monthly budget, and how its zone's months are closed. */
export interface YearPlan {
  readonly name: string;
  readonly timeZone: string;
  readonly anchorDay: number;
  readonly limitUsd: number;
  readonly rolloverPercent: number;
  /** What a failure costs that names no cost. */
  readonly failedCost: 'zero' | 'estimate';
  /** In UTC, as Temporal's crons are. */
  readonly cron: string;
}

/** One of the organization's budgets. */
export interface YearBudget {
  readonly budgetId: string;
  /** Null for one that counts every call. */
  readonly userId: string | null;
  readonly monthlyUsd: number | null;
  readonly dailyUsd: number | null;
  readonly rolloverPercent: number;
}

/** A leap year, and far enough away. Clocks change on the last day of a month in Berlin and in Cairo, as they will in 2032. */
export const BEGIN = Date.UTC(2060, 0, 10, 12);
const MONTHS = 12;
const DAY = 1_440 * MINUTE;
/** What the months begin with, from the second on: more than there is, but for what is carried in; half of it; much; little. */
const NEXT_USD = [95, 55, 78, 20] as const;

/** All that happens to an organization in a year, and what its ledger must say of it: sums of the calls, and nothing of the ledger's own. */
export class Year {
  readonly organizationId: string;
  /** The first instants of the months, from the one that begins the year to the second after it. */
  readonly starts: readonly number[];
  /** Of the months of the year. */
  readonly ends: readonly number[];
  readonly daysOfChange: readonly (readonly [start: number, end: number])[];
  readonly budgets: readonly YearBudget[];
  readonly calls: readonly Call[];

  constructor(readonly plan: YearPlan) {
    const { name, timeZone, anchorDay, limitUsd, rolloverPercent } = plan;
    this.organizationId = name.replaceAll(/[^A-Za-z0-9]+/g, '-');
    this.starts = monthStarts(BEGIN, MONTHS + 1, timeZone, anchorDay);
    this.ends = this.starts.slice(1, -1);
    this.daysOfChange = daysOfChange(BEGIN, Math.max(...this.ends), timeZone);
    const monthly: YearBudget = { budgetId: 'monthly', userId: null, monthlyUsd: limitUsd, dailyUsd: null, rolloverPercent };
    const daily: YearBudget = { budgetId: 'daily', userId: NIGHT_OWL, monthlyUsd: null, dailyUsd: 1, rolloverPercent: 0 };
    this.budgets = this.daysOfChange.length === 0 ? [monthly] : [monthly, daily];
    const calls = [
      ...this.ends.flatMap((end, month) => callsAtMonthsEnd(end, NEXT_USD[month % NEXT_USD.length] ?? NaN)),
      ...this.daysOfChange.flat().flatMap(callsAtMidnight),
    ];
    this.calls = calls.sort((a, b) => a.startsAt - b.startsAt);
  }

  /** When the cron fires between the beginning and `until`. */
  firingsUntil(until: number): number[] {
    const [minutes, hours, days] = this.plan.cron.split(' ').map((field) => field.split(',').map(Number));
    const firings: number[] = [];
    for (let at = BEGIN; at <= until; at += 5 * MINUTE) {
      const time = new Date(at);
      const isTime = minutes?.includes(time.getUTCMinutes()) === true && hours?.includes(time.getUTCHours()) === true;
      if (isTime && days?.includes(time.getUTCDate()) === true) firings.push(at);
    }
    return firings;
  }

  /** How a call must end. */
  outcomeOf(call: Call) {
    const { denied, ending } = call;
    if (denied !== null) return { status: 'denied', denial: this.#denialOf(call) };
    if (ending.isKilled === true) return { status: 'killed' };
    return ending.fails === true ? { status: 'failed' } : { status: 'completed', hold: { chargedUsd: this.chargedUsd([call]) } };
  }

  /** The granted calls that a budget counts. */
  callsIn({ userId }: YearBudget, start = -Infinity, end = Infinity): Call[] {
    return this.calls.filter((call) => {
      return call.denied === null && (userId === null || userId === call.userId) && start <= call.startsAt && call.startsAt < end;
    });
  }

  /** What calls must cost in the end, in USD. */
  chargedUsd(calls: readonly Call[]): number {
    return this.#charged(calls) / 1e6;
  }

  #denialOf({ userId, startsAt, denied, estimateUsd }: Call) {
    const budget = this.budgets.find((each) => each.userId === userId);
    if (budget === undefined) throw new Error(`No budget is for ${String(userId)}`);
    const starts =
      denied === 'daily_cost' ? this.daysOfChange.flatMap(([start, end]) => [start - DAY, start, end, end + DAY]) : this.starts;
    const start = starts.findLast((each) => each <= startsAt) ?? NaN;
    const end = starts.find((each) => each > startsAt) ?? NaN;
    const { spent, held } = this.#usedAt(startsAt, this.callsIn(budget, start, end));
    const limit = micro(budget.dailyUsd ?? budget.monthlyUsd) + this.#carriedInto(start, budget, startsAt);
    return {
      code: denied,
      budgetId: budget.budgetId,
      limit: limit / 1e6,
      spent: spent / 1e6,
      held: held / 1e6,
      available: Math.max(0, limit - spent - held) / 1e6,
      requested: estimateUsd,
      resetsAt: iso(end),
    };
  }

  /** What a budget's statements must say in the end. */
  statementsOf(budget: YearBudget) {
    return this.ends.map((end, month) => {
      const start = this.starts[month] ?? NaN;
      const calls = this.callsIn(budget, start, end);
      const instants = calls.flatMap((call) => [call.startsAt, endOf(call)]);
      return {
        budgetId: budget.budgetId,
        periodStart: iso(start),
        periodEnd: iso(end),
        timeZone: this.plan.timeZone,
        limitUsd: budget.monthlyUsd,
        raisedUsd: 0,
        carriedInUsd: this.#carriedInto(start, budget) / 1e6,
        carriedOutUsd: this.#carriedInto(end, budget) / 1e6,
        spentUsd: this.chargedUsd(calls),
        heldUsd: 0,
        executions: calls.length,
        peakUsd: Math.max(...instants.map((at) => this.#usedAt(at + 1, calls)).map(({ spent, held }) => spent + held), 0) / 1e6,
        lateUsd: this.chargedUsd(calls.filter((call) => endOf(call) >= end)),
        forecastUsd: 2 * this.chargedUsd(calls.filter((call) => 2 * endOf(call) < start + end)),
      };
    });
  }

  // Amounts are micro-USD from here on.
  #charged(calls: readonly Call[]): number {
    return calls.reduce((sum, call) => sum + this.#chargeOf(call), 0);
  }

  #chargeOf({ estimateUsd, ending: { costUsd, fails = false } }: Call): number {
    return costUsd === null && fails && this.plan.failedCost === 'zero' ? 0 : micro(costUsd ?? estimateUsd);
  }

  #usedAt(at: number, calls: readonly Call[]): { spent: number; held: number } {
    const begun = calls.filter(({ startsAt }) => startsAt < at);
    const underWay = begun.filter((call) => endOf(call) >= at);
    return {
      spent: this.#charged(begun.filter((call) => endOf(call) < at)),
      held: underWay.reduce((sum, { estimateUsd }) => sum + micro(estimateUsd), 0),
    };
  }

  // What is under way at `at` counts as used; without one, all has ended.
  #carriedInto(start: number, budget: YearBudget, at = Infinity): number {
    const before = this.starts[this.starts.indexOf(start) - 1];
    if (before === undefined || budget.monthlyUsd === null) return 0;
    const { spent, held } = this.#usedAt(at, this.callsIn(budget, before, start));
    const limit = micro(budget.monthlyUsd);
    return Math.max(0, Math.min((limit * budget.rolloverPercent) / 100, limit - spent - held));
  }
}

function micro(usd: number | null): number {
  return Math.round((usd ?? 0) * 1e6);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
