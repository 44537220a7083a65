import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { BUDGET_DEFAULTS } from '../src/domain/budget';
import { DomainError } from '../src/domain/errors';
import { fromUsd } from '../src/domain/money';
import { perform, type BudgetStore } from '../src/store/budget-store';
import { LedgerUnavailable } from '../src/store/ledger-unavailable';

export const ORGANIZATION = 'acme';
const CALL = { organizationId: ORGANIZATION, teamId: null, userId: null, agentId: null };
const TTL_MS = 600_000;

/** What the callers were told; nobody but them knows it. */
export interface Told {
  /** Keys that were granted, and those whose commit of 1 USD was answered. */
  readonly granted: Set<string>;
  readonly committed: Set<string>;
  /** Keys that were granted, and of which the ledger said later that it has no such hold. */
  readonly forgotten: Set<string>;
  /** How often reserves and commits were refused with LedgerUnavailable, and asked again; and why, by PostgreSQL's codes. */
  refusedReserves: number;
  refusedCommits: number;
  readonly reasons: Set<string>;
  /** The longest that a caller waited for one answer, whichever. */
  longestAnswerMs: number;
}

export interface Load {
  readonly told: Told;
  /** Takes on nothing new, and waits until each caller has the answers that it asked for. */
  end(): Promise<void>;
}

export async function putLimit(store: BudgetStore): Promise<void> {
  const limits = { monthlyMicroUsd: fromUsd(1_000_000), dailyMicroUsd: null, monthlyExecutions: null, dailyExecutions: null };
  await store.putBudget({ ...BUDGET_DEFAULTS, budgetId: 'main', scope: CALL, limits }, Date.now());
}

/** Callers that reserve 2 USD and commit 1, each under a new key, and ask until they are answered. */
export function startLoad(store: BudgetStore, callers: number, told = nothingTold()): Load {
  const failures: unknown[] = [];
  let isOver = false;
  const call = async () => {
    while (!isOver) await callOnce(store, randomUUID(), told);
  };
  const calling = Array.from({ length: callers }, () => call().catch((error: unknown) => failures.push(error)));
  return {
    told,
    end: async () => {
      isOver = true;
      await Promise.all(calling);
      if (failures.length > 0) throw failures[0];
    },
  };
}

function nothingTold(): Told {
  return {
    granted: new Set(),
    committed: new Set(),
    forgotten: new Set(),
    refusedReserves: 0,
    refusedCommits: 0,
    reasons: new Set(),
    longestAnswerMs: 0,
  };
}

/** The same calls once more, as by callers who kept their keys. */
export async function repeat(store: BudgetStore, keys: Iterable<string>, callers: number, told: Told): Promise<void> {
  const left = keys[Symbol.iterator]();
  const call = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) await callOnce(store, next.value, told);
  };
  await Promise.all(Array.from({ length: callers }, call));
}

async function callOnce(store: BudgetStore, key: string, told: Told): Promise<void> {
  const answer = await untilAnswered(() => reserve(store, key), told, 'refusedReserves');
  if (answer.status === 'denied') throw new Error(`${key} was denied`);
  told.granted.add(key);
  try {
    const outcome = { status: 'succeeded', costMicroUsd: fromUsd(1) } as const;
    await untilAnswered(() => perform(store, ORGANIZATION, { kind: 'commit', key, at: Date.now(), outcome }), told, 'refusedCommits');
    told.committed.add(key);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'HoldNotFound') throw error;
    told.forgotten.add(key);
  }
}

function reserve(store: BudgetStore, key: string) {
  const estimateMicroUsd = fromUsd(2);
  const operation = { key, call: CALL, estimateMicroUsd, ttlMs: TTL_MS, fingerprint: key, run: null, startsWork: false };
  return perform<'reserve'>(store, ORGANIZATION, { kind: 'reserve', at: Date.now(), ...operation });
}

async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  told: Told,
  refused: 'refusedReserves' | 'refusedCommits',
): Promise<Answer> {
  for (;;) {
    const began = performance.now();
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      told[refused] += 1;
      const cause = error.cause as { readonly code?: string; readonly message: string } | null;
      told.reasons.add(cause?.code ?? cause?.message ?? error.message);
      await pause(50);
    } finally {
      told.longestAnswerMs = Math.max(told.longestAnswerMs, performance.now() - began);
    }
  }
}
