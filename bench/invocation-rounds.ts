import { cpuMsByProgram } from './cpu-times';
import type { InvocationKinds, Invoke } from './invocation-kinds';
import { median } from './measure';

export interface RoundSettings {
  readonly rounds: number;
  /** One after the other, of each kind and round. */
  readonly runs: number;
  /** At once, where throughput is measured; four times as many runs. */
  readonly concurrency: number;
}

export const WAYS = ['bare', 'budgeted', 'regularActivities'] as const;
export type Way = (typeof WAYS)[number];

interface Throughput {
  readonly perSecond: number;
  /** By program, a run. */
  readonly cpuMs: Record<string, number>;
}

/** What one round measured: medians of its latencies, and throughputs. */
export interface Round {
  readonly p50Ms: Record<Way | 'admission' | 'bare200' | 'budgeted200', number>;
  readonly throughput: Record<Way, Throughput>;
}

/** The agent that takes its time is run this much less often. */
const SLOW_RUNS_SHARE = 4;

/** Rounds of all kinds, alternately, so that what else happens on the machine hits all alike. A first round warms up, and does not count. */
export async function measure(kinds: InvocationKinds, settings: RoundSettings): Promise<readonly Round[]> {
  await measureRound(kinds, settings, 0);
  const rounds: Round[] = [];
  for (let round = 0; round < settings.rounds; round += 1) rounds.push(await measureRound(kinds, settings, round));
  return rounds;
}

async function measureRound(kinds: InvocationKinds, { runs, concurrency }: RoundSettings, round: number): Promise<Round> {
  const admission = async () => {
    const [ms, ended] = await timed(kinds.admission);
    await ended();
    return ms;
  };
  const p50Ms = {
    ...(await alternately(runs, {
      bare: () => msOf(kinds.bare, 0),
      budgeted: () => msOf(kinds.budgeted, 0),
      regularActivities: () => msOf(kinds.regularActivities, 0),
      admission,
    })),
    ...(await alternately(Math.ceil(runs / SLOW_RUNS_SHARE), {
      bare200: () => msOf(kinds.bare, 200),
      budgeted200: () => msOf(kinds.budgeted, 200),
    })),
  };
  const throughput: Partial<Record<Way, Throughput>> = {};
  // Each is the first as often as the others.
  for (let n = 0; n < WAYS.length; n += 1) {
    const way = WAYS[(n + round) % WAYS.length] ?? 'bare';
    throughput[way] = await throughputOf(kinds[way], concurrency);
  }
  return { p50Ms, throughput: throughput as Record<Way, Throughput> };
}

async function alternately<Name extends string>(runs: number, takes: Record<Name, () => Promise<number>>): Promise<Record<Name, number>> {
  const names = Object.keys(takes) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = 0; run < runs; run += 1) for (const name of names) times[name].push(await takes[name]());
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

async function throughputOf(invoke: Invoke, concurrency: number): Promise<Throughput> {
  const runs = 4 * concurrency;
  const before = cpuMsByProgram();
  let left = runs;
  const [ms] = await timed(() =>
    Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (left > 0) {
          left -= 1;
          await invoke(0);
        }
      }),
    ),
  );
  const used = Object.entries(cpuMsByProgram()).map(([program, cpuMs]) => [program, (cpuMs - (before[program] ?? 0)) / runs]);
  return { perSecond: (runs * 1_000) / ms, cpuMs: Object.fromEntries(used) as Record<string, number> };
}

const msOf = async (invoke: Invoke, agentMs: number) => (await timed(() => invoke(agentMs)))[0];

async function timed<Result>(work: () => Promise<Result>): Promise<[ms: number, result: Result]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}
