import { randomUUID } from 'node:crypto';
import { BUDGET_DEFAULTS } from '../src/domain/budget';
import { DomainError } from '../src/domain/errors';
import { fromUsd } from '../src/domain/money';
import { perform, type BudgetStore } from '../src/store/budget-store';
import { LedgerUnavailable } from '../src/store/ledger-unavailable';
import type { Scene } from './fault';
import { wait } from './waiting';

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

export function refusals({ refusedReserves, refusedCommits }: Told): number {
  return refusedReserves + refusedCommits;
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

/** Callers that reserve 2 USD and commit 1, each under a new key, and ask until they are answered. One that cannot go on ends the fault. */
export function startLoad(scene: Scene, store: BudgetStore, callers: number, told = nothingTold()): Load {
  let isOver = false;
  const call = async () => {
    while (!isOver && !scene.signal.aborted) await callOnce(scene, store, randomUUID(), told);
  };
  const calling = Array.from({ length: callers }, () => call().catch(scene.fail));
  return {
    told,
    end: async () => {
      isOver = true;
      await Promise.all(calling);
      scene.signal.throwIfAborted();
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

/** All calls that were granted once more, as by callers who kept their keys. */
export async function repeat(scene: Scene, store: BudgetStore, callers: number, told: Told): Promise<void> {
  const left = [...told.granted].values();
  const call = async () => {
    for (let next = left.next(); next.done !== true; next = left.next()) await callOnce(scene, store, next.value, told);
  };
  await Promise.all(Array.from({ length: callers }, call));
}

async function callOnce(scene: Scene, store: BudgetStore, key: string, told: Told): Promise<void> {
  const answer = await untilAnswered(scene, () => reserve(store, key), told, 'refusedReserves');
  if (answer.status === 'denied') throw new Error(`${key} was denied`);
  told.granted.add(key);
  try {
    const outcome = { status: 'succeeded', costMicroUsd: fromUsd(1) } as const;
    const commit = () => perform(store, ORGANIZATION, { kind: 'commit', key, at: Date.now(), outcome });
    await untilAnswered(scene, commit, told, 'refusedCommits');
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
  scene: Scene,
  ask: () => Promise<Answer>,
  told: Told,
  refused: 'refusedReserves' | 'refusedCommits',
): Promise<Answer> {
  // Later than whoever waits for callers gives up: he can say more.
  const deadline = performance.now() + 1.5 * scene.patienceMs;
  for (;;) {
    const began = performance.now();
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      told[refused] += 1;
      const cause = error.cause as { readonly code?: string; readonly message: string } | null;
      told.reasons.add(cause?.code ?? cause?.message ?? error.message);
      if (performance.now() > deadline) throw new Error('no answer', { cause: error });
      await wait(scene, 50);
    } finally {
      told.longestAnswerMs = Math.max(told.longestAnswerMs, performance.now() - began);
    }
  }
}
