import { setTimeout as pause } from 'node:timers/promises';
import { unlessStopped } from '../src/ground/stopping';
import { MOVING } from './budgets';
import { startCallers, type Callers } from './callers';
import { compare, together, type Verdict } from './compare';
import { startFaults } from './faults';
import { readHistories } from './history';
import { moveLimits } from './move-limits';
import { organizations, planOf, type Invocation, type Plan } from './plan';
import { readLedger } from './records';
import { setStage, type Stage, type StageOptions } from './stage';
import { settleDown } from './settle-down';

export interface ChaosOptions extends StageOptions {
  readonly invocations: number;
  /** At least so many; with 0, there are no faults at all. */
  readonly kills: number;
  /** How many calls begin in a second. */
  readonly perSecond: number;
}

export interface Result extends Verdict {
  readonly seed: number;
  readonly invocations: number;
  readonly kills: number;
  readonly completed: number;
  readonly denied: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly seconds: number;
}

/** How long, once nothing is killed any more, no call under way may get its answer; and then what they leave may take. */
const PATIENCE_MS = 150_000;

/** One run on a ground of its own: everything that it starts, it stops, also where its signal ends it. */
export async function runChaos(options: ChaosOptions): Promise<Result> {
  const { log, invocations, seed, signal } = options;
  const began = performance.now();
  const cleanUps: (() => Promise<unknown>)[] = [];
  try {
    const plan = planOf(seed, invocations, options.perSecond);
    // Not left alone on its way: what it has just started would be nobody's.
    const stage = await setStage(plan, options, cleanUps);
    const { played, verdict } = await unlessStopped(signal, perform(stage, plan, options, cleanUps));
    const outcomes = [...played.callers.outcomes.values()];
    const counted = (status: string) => outcomes.filter((outcome) => outcome.status === status).length;
    return {
      seed,
      invocations,
      kills: played.kills,
      completed: counted('completed'),
      denied: counted('denied'),
      failed: counted('failed'),
      cancelled: counted('cancelled'),
      ...verdict,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    for (const cleanUp of cleanUps.reverse())
      await cleanUp().catch((error: unknown) => {
        log(String(error));
      });
  }
}

async function perform(stage: Stage, plan: Plan, options: ChaosOptions, cleanUps: (() => Promise<unknown>)[]) {
  const played = await play(stage, plan, options, cleanUps);
  options.log(`${String(options.invocations - played.callers.outcomes.size)} calls were not answered`);
  await settleDown(stage.store, PATIENCE_MS);
  return { played, verdict: await judge(stage, plan, played) };
}

interface Played {
  readonly callers: Callers;
  readonly kills: number;
  readonly hasFaults: boolean;
  readonly landed: readonly number[];
}

/** Faults for as long as calls begin, and until there were enough of them; what is under way then ends in peace. */
async function play(stage: Stage, plan: Plan, options: ChaosOptions, cleanUps: (() => Promise<unknown>)[]): Promise<Played> {
  const { victims, apis, temporal, agents, budgets } = stage;
  const { invocations, perSecond, kills, log } = options;
  const durationMs = (invocations / perSecond) * 1_000;
  const behindMs = stage.setClocks(durationMs / 2);
  const hasFaults = kills > 0;
  const faults = startFaults(hasFaults ? plan.faults() : [], victims, log);
  const most = budgets.get('main')?.find(({ budgetId }) => budgetId === MOVING)?.limits.monthlyMicroUsd ?? NaN;
  const limits = moveLimits(plan.limitChanges(), apis, most);
  const callers = startCallers(plan.calls, { apis, temporal, agents, ttlSeconds: Math.ceil(behindMs / 1_000) + 20 });
  cleanUps.push(async () => {
    callers.stop();
    await Promise.allSettled([limits.end(), faults.end()]);
  });
  await Promise.all([pause(durationMs), faults.untilKilled(kills)]);
  await faults.end();
  await limits.end();
  log(`${String(faults.kills)} kills; ${String(invocations - callers.outcomes.size)} calls are under way`);
  await callers.done(PATIENCE_MS);
  return { callers, kills: faults.kills, hasFaults, landed: limits.landed };
}

/** Reads the records, and compares them: of one organization after the other. */
async function judge({ store, witness, temporal, agents, receiver, budgets }: Stage, plan: Plan, played: Played): Promise<Verdict> {
  const { callers, hasFaults } = played;
  const histories = await readHistories(
    temporal,
    plan.calls.filter((call): call is Invocation => call.way !== 'direct'),
  );
  const verdicts: Verdict[] = [];
  for (const organizationId of organizations) {
    const calls = plan.calls.filter((call) => call.organizationId === organizationId);
    const numbers = new Set(calls.map(({ number }) => number));
    const verdict = compare({
      calls,
      outcomes: new Map([...callers.outcomes].filter(([number]) => numbers.has(number))),
      direct: callers.direct,
      agents: agents.records.filter(({ call }) => numbers.has(call)),
      histories,
      ledger: await readLedger(store, organizationId, calls),
      witnessed: await witness.read(organizationId),
      budgets: budgets.get(organizationId) ?? [],
      landed: organizationId === 'main' ? played.landed : [],
      told: receiver.told.filter((told) => told.organizationId === organizationId),
      hasFaults,
    });
    verdicts.push({ ...verdict, findings: verdict.findings.map((finding) => `${organizationId} ${finding}`) });
  }
  const all = together(verdicts);
  return { ...all, findings: [...all.findings, ...callers.surprises.map((surprise) => `surprise: ${surprise}`)] };
}
