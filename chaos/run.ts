import { setTimeout as pause } from 'node:timers/promises';
import { MOVING } from './budgets';
import { startCallers, type Callers } from './callers';
import { compare, type Verdict } from './compare';
import { startFaults } from './faults';
import { moveLimits } from './move-limits';
import { planOf, type Plan } from './plan';
import { openRuns, readLedger, recordedCosts } from './records';
import { setStage, type Stage, type StageOptions } from './stage';
import { settleDown } from './settle-down';

export interface ChaosOptions extends StageOptions {
  /** At least so many. */
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

/** One run on a ground of its own: everything that it starts, it stops. */
export async function runChaos(options: ChaosOptions): Promise<Result> {
  const { log, invocations, seed } = options;
  const began = performance.now();
  const cleanUps: (() => Promise<unknown>)[] = [];
  try {
    const stage = await setStage(options, cleanUps);
    const plan = planOf(seed, invocations, options.perSecond);
    const { callers, kills } = await play(stage, plan, options);
    log(`${String(invocations - callers.outcomes.size)} calls were not answered`);
    await settleDown(stage.store, PATIENCE_MS);
    const verdict = await judge(stage, plan, callers);
    const counted = (status: string) => [...callers.outcomes.values()].filter((outcome) => outcome.status === status).length;
    return {
      seed,
      invocations,
      kills,
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

/** Faults for as long as calls begin, and until there were enough of them; what is under way then ends in peace. */
async function play({ victims, apis, temporal, agents, budgets }: Stage, plan: Plan, { invocations, perSecond, kills, log }: ChaosOptions) {
  const faults = startFaults(plan.faults(), victims, log);
  const most = budgets.find(({ budgetId }) => budgetId === MOVING)?.limits.monthlyMicroUsd ?? NaN;
  const limits = moveLimits(plan.limitChanges(), apis, most / 1e6);
  const callers = startCallers(plan, apis, temporal, agents);
  await Promise.all([pause((invocations / perSecond) * 1_000), faults.untilKilled(kills)]);
  await faults.end();
  await limits.end();
  log(`${String(faults.kills)} kills; ${String(invocations - callers.outcomes.size)} calls are under way`);
  await callers.done(PATIENCE_MS);
  return { callers, kills: faults.kills };
}

/** Reads the records, and compares them. */
async function judge({ store, temporal, agents, receiver, budgets }: Stage, { calls }: Plan, callers: Callers): Promise<Verdict> {
  const inHistories = new Map<string, readonly number[]>();
  for (const { key, way, number } of calls) {
    if (way !== 'direct' && callers.outcomes.get(number)?.status !== 'completed') inHistories.set(key, await recordedCosts(temporal, key));
  }
  const unanswered = calls.filter(({ number }) => !callers.outcomes.has(number)).map(({ key }) => key);
  const stuck = [...new Set([...(await openRuns(temporal, calls)), ...unanswered])];
  const ledger = await readLedger(store, calls);
  const { outcomes, direct, surprises } = callers;
  const verdict = compare({ calls, outcomes, direct, agents: agents.records, inHistories, ledger, budgets, told: receiver.told, stuck });
  return { ...verdict, findings: [...verdict.findings, ...surprises.map((surprise) => `surprise: ${surprise}`)] };
}
