import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createBudgetClient } from '../src/client';
import { invocationWorkflowId } from '../src/contract/names/workflows';
import { isTemporalAway } from '../src/http/outage';
import type { Agents } from './agents';
import type { Apis } from './apis';
import { invokeByClient, invokeOverHttp } from './invoke';
import { UnexpectedAnswer, type Outcome } from './outcome';
import type { Call } from './plan';
import { spendDirectly } from './spend-directly';

/** An outcome, and when it was learnt: by the clock of this process, epoch milliseconds. */
export interface Answered extends Outcome {
  readonly answeredAt: number;
}

export interface Callers {
  readonly outcomes: ReadonlyMap<number, Answered>;
  /** What calls cost that were reserved and committed by the callers themselves. */
  readonly direct: ReadonlyMap<number, number>;
  /** Answers that nobody should get. */
  readonly surprises: readonly string[];
  /** Resolves when every call has its outcome, or none got one for so long; `LONGEST_MS` from now in any case. */
  done(patienceMs: number): Promise<void>;
  /** Asks for nothing any more. */
  stop(): void;
}

const LONGEST_MS = 600_000;

export interface Reach {
  readonly apis: Apis;
  readonly temporal: Client;
  readonly agents: Pick<Agents, 'nextCost'>;
  readonly ttlSeconds: number;
}

/** Makes the plan's calls, each until it has a definite answer: whatever is lost on the way is asked again with the same key. */
export function startCallers(calls: readonly Call[], { apis, temporal, agents, ttlSeconds }: Reach): Callers {
  const client = createBudgetClient(temporal);
  const outcomes = new Map<number, Answered>();
  const direct = new Map<number, number>();
  const surprises: string[] = [];
  const isOver = new AbortController();
  const { signal } = isOver;
  let patience: NodeJS.Timeout | undefined;
  setMaxListeners(0, signal);

  const make = async (call: Call) => {
    await pause(call.startsAtMs, undefined, { signal });
    if (call.way === 'direct') direct.set(call.number, agents.nextCost());
    const ask = () => untilAnswered(call);
    const [outcome, again] = await Promise.all([ask(), call.isDoubled ? ask() : null, interfere(call)]);
    if (signal.aborted) return;
    outcomes.set(call.number, { ...outcome, answeredAt: Date.now() });
    patience?.refresh();
    if (again !== null && JSON.stringify(again) !== JSON.stringify(outcome)) {
      surprises.push(`${call.key} was answered twice: ${JSON.stringify(outcome)} and ${JSON.stringify(again)}`);
    }
  };

  async function untilAnswered(call: Call): Promise<Outcome> {
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        const outcome = await askOnce(call);
        if (outcome !== null) return outcome;
      } catch (error) {
        if (!signal.aborted && !isOutage(error)) surprises.push(`${call.key}: ${reasonOf(error)}`);
      }
      await pause(Math.min(2_000, 100 * tries), undefined, { signal });
    }
  }

  function askOnce(call: Call): Promise<Outcome | null> {
    if (call.way === 'direct') return spendDirectly(call, { costMicroUsd: direct.get(call.number) ?? NaN, ttlSeconds }, apis, signal);
    return call.way === 'http' ? invokeOverHttp(call, apis, signal) : invokeByClient(call, client, signal);
  }

  async function interfere(call: Call): Promise<void> {
    if (call.way === 'direct' || call.interference === null) return;
    await pause(call.interference.afterMs, undefined, { signal });
    const handle = temporal.workflow.getHandle(invocationWorkflowId(call.organizationId, call.key));
    // It may not have begun, or have ended: then nothing is to be cancelled.
    await (call.interference.kind === 'cancel' ? handle.cancel() : handle.terminate('chaos')).catch(() => undefined);
  }

  const made = Promise.allSettled(calls.map(make));
  const over = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const stop = () => {
    isOver.abort();
  };
  return {
    outcomes,
    direct,
    surprises,
    stop,
    done: async (patienceMs) => {
      patience = setTimeout(stop, patienceMs);
      const most = setTimeout(stop, LONGEST_MS);
      // Whoever hangs where no signal reaches is not waited for.
      await Promise.race([made, over]);
      clearTimeout(patience);
      clearTimeout(most);
    },
  };
}

/** With what is behind it: the client's own words say nothing of the cause. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? `${String(error)}: ${String(error.cause)}` : String(error);
}

/** Connections that break and servers that do not answer are what this is about. */
function isOutage(error: unknown): boolean {
  if (isTemporalAway(error)) return true;
  if (!(error instanceof Error) || error instanceof UnexpectedAnswer) return false;
  return /ECONN|EPIPE|socket|fetch failed|terminated|timeout|aborted/i.test(`${error.name} ${error.message}`);
}
