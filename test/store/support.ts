import { randomUUID } from 'node:crypto';
import type { Balance, Counters } from '../../src/domain/balance';
import { BUDGET_DEFAULTS, DEFAULT_POLICY, type Budget, type Limits, type OrganizationPolicy } from '../../src/domain/budget';
import type { AttemptOutcome, Commit, Release, Reserve, Run, Settle, StartAttempt } from '../../src/domain/ledger';
import { fromUsd, toUsd, type MicroUsd } from '../../src/domain/money';
import type { Scope } from '../../src/domain/scope';
import { statementsOf, type Statement } from '../../src/domain/statement';
import { audit } from '../../src/store/audit';
import { perform, type BudgetStore } from '../../src/store/budget-store';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';

export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const TTL = 10 * MINUTE;
/** Noon of a day in the middle of a month. */
export const NOON = Date.UTC(2026, 2, 10, 12);

export function databaseUrl(): string {
  // Not the one that workers of other tests sweep by today's clock.
  const url = process.env['TEST_LEDGER_DATABASE_URL'];
  if (url === undefined) throw new Error('No TEST_LEDGER_DATABASE_URL: the global setup did not run');
  return url;
}

export const usd = (amount: number): MicroUsd => fromUsd(amount);
export const cost = (amount: number): AttemptOutcome => ({ status: 'succeeded', costMicroUsd: usd(amount) });
export const UNKNOWN_COST: AttemptOutcome = { status: 'succeeded', costMicroUsd: null };
export const KILLED: AttemptOutcome = { status: 'unconfirmed', costMicroUsd: null };
export const FAILED: AttemptOutcome = { status: 'failed', costMicroUsd: null };
export const runOf = (runId: string, firstExecutionRunId = 'first'): Run => ({ runId, firstExecutionRunId });

export interface Limited {
  monthly?: number;
  daily?: number;
  monthlyExecutions?: number;
  dailyExecutions?: number;
}

export function limitsOf({ monthly, daily, monthlyExecutions = NaN, dailyExecutions = NaN }: Limited): Limits {
  return {
    monthlyMicroUsd: monthly === undefined ? null : usd(monthly),
    dailyMicroUsd: daily === undefined ? null : usd(daily),
    monthlyExecutions: Number.isNaN(monthlyExecutions) ? null : monthlyExecutions,
    dailyExecutions: Number.isNaN(dailyExecutions) ? null : dailyExecutions,
  };
}

export function budgetOf(scope: Scope, limits: Limits, more: Partial<Budget> = {}): Budget {
  return {
    ...BUDGET_DEFAULTS,
    budgetId: 'main',
    scope,
    limits,
    ...more,
  };
}

export interface Shown {
  spent: number;
  held: number;
  executions: number;
}

/** One organization's ledger in a store, in USD. Times are told; whatever is not told is the usual. */
export class Ledger {
  readonly organizationId = `org-${randomUUID()}`;

  constructor(readonly store: BudgetStore) {}

  call(narrower: Partial<Scope> = {}): Scope {
    return { organizationId: this.organizationId, teamId: null, userId: null, agentId: null, ...narrower };
  }

  async limit(
    limits: Limited,
    { scope = {}, at = NOON, ...more }: Omit<Partial<Budget>, 'scope'> & { scope?: Partial<Scope>; at?: number } = {},
  ): Promise<void> {
    await this.store.putBudget(budgetOf(this.call(scope), limitsOf(limits), more), at);
  }

  async policy(policy: Partial<OrganizationPolicy>): Promise<void> {
    await this.store.putPolicy(this.organizationId, { ...DEFAULT_POLICY, ...policy });
  }

  reserveOf(key: string, amount: number, more: Partial<Reserve> = {}): Reserve {
    return {
      kind: 'reserve',
      key,
      at: NOON,
      call: this.call(),
      estimateMicroUsd: usd(amount),
      ttlMs: TTL,
      fingerprint: `${key} ${String(amount)}`,
      run: null,
      startsWork: false,
      ...more,
    };
  }

  reserve(key: string, amount: number, more: Partial<Reserve> = {}) {
    return perform<'reserve'>(this.store, this.organizationId, this.reserveOf(key, amount, more));
  }

  start(key: string, attemptId: string, more: Partial<Omit<StartAttempt, 'kind' | 'key' | 'attemptId'>> = {}) {
    const { at = NOON, activityId = 'agent', runId = 'run', scheduledAt = at } = more;
    const start = { kind: 'startAttempt', key, attemptId, activityId, runId, at, scheduledAt } as const;
    return perform<'startAttempt'>(this.store, this.organizationId, start);
  }

  finish(key: string, attemptId: string, outcome: AttemptOutcome, at = NOON) {
    return perform<'finishAttempt'>(this.store, this.organizationId, { kind: 'finishAttempt', key, attemptId, outcome, at });
  }

  commit(key: string, outcome: AttemptOutcome, at = NOON, more: Pick<Commit, 'runId'> = {}) {
    return perform<'commit'>(this.store, this.organizationId, { kind: 'commit', key, outcome, at, ...more });
  }

  settle(key: string, at = NOON, more: Pick<Settle, 'runId' | 'noTryBefore'> = {}) {
    return perform<'settle'>(this.store, this.organizationId, { kind: 'settle', key, at, ...more });
  }

  release(key: string, onBehalfOf: Release['onBehalfOf'] = null, at = NOON) {
    return perform<'release'>(this.store, this.organizationId, { kind: 'release', key, at, onBehalfOf });
  }

  extend(key: string, at = NOON) {
    return perform<'extend'>(this.store, this.organizationId, { kind: 'extend', key, at });
  }

  expire(at: number) {
    return perform<'expire'>(this.store, this.organizationId, { kind: 'expire', at });
  }

  charge(key: string, amount: number, more: { at?: number; fingerprint?: string } = {}) {
    const { at = NOON, fingerprint = `${key} ${String(amount)}` } = more;
    const charge = { kind: 'charge' as const, key, at, call: this.call(), amountMicroUsd: usd(amount), fingerprint };
    return perform<'charge'>(this.store, this.organizationId, charge);
  }

  close(at: number, budgetId = 'main') {
    return perform<'closePeriods'>(this.store, this.organizationId, { kind: 'closePeriods', budgetId, at });
  }

  async statements(budgetId = 'main'): Promise<readonly Statement[]> {
    return statementsOf(await this.balances(budgetId));
  }

  balances(budgetId = 'main'): Promise<readonly Balance[]> {
    return this.store.balances(this.organizationId, budgetId, -8e15);
  }

  /** The month that contains `at`, in USD; nothing where nothing touched it. */
  async month(at = NOON, budgetId = 'main'): Promise<Shown> {
    return shown((await this.#rowAt(at, budgetId))?.month);
  }

  /** The day that runs in the row of the month that contains `at`. */
  async day(at = NOON, budgetId = 'main'): Promise<Shown & { start: number | null }> {
    const row = await this.#rowAt(at, budgetId);
    return { ...shown(row?.day), start: row?.day.start ?? null };
  }

  audit() {
    return audit(this.store, this.organizationId);
  }

  async #rowAt(at: number, budgetId: string): Promise<Balance | undefined> {
    return (await this.balances(budgetId)).find(({ period }) => period.start <= at && at < period.end);
  }
}

function shown(counters: Counters | undefined): Shown {
  if (counters === undefined) return { spent: 0, held: 0, executions: 0 };
  const { spentMicroUsd, heldMicroUsd, executions } = counters;
  return { spent: toUsd(spentMicroUsd), held: toUsd(heldMicroUsd), executions };
}

const STORES = [
  ['memory', createMemoryStore],
  ['postgres', () => createPostgresStore(databaseUrl())],
] as const satisfies readonly (readonly [string, () => BudgetStore])[];

/** The same tests on every store. Each test has an organization of its own, whose balances are proven after it. */
export function onEveryStore(title: string, tests: (ledger: () => Ledger) => void): void {
  describe.each(STORES)(`${title} [%s]`, (_name, createStore) => {
    let store: BudgetStore;
    let ledger: Ledger;
    beforeAll(() => {
      store = createStore();
    });
    beforeEach(() => {
      ledger = new Ledger(store);
    });
    afterEach(async () => {
      expect(await ledger.audit()).toEqual([]);
    });
    afterAll(() => store.close());
    tests(() => ledger);
  });
}
