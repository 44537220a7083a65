import { WAYS, type Round, type Way } from './invocation-rounds';
import { median } from './measure';

interface WayFigures {
  readonly p50Ms: number;
  readonly perSecond: number;
  /** Processor time of one run, by program: the worker, the client, Temporal's server, PostgreSQL. */
  readonly cpuMs: Record<string, number>;
}

export type InvocationFigures = Record<Way, WayFigures> & {
  readonly admissionP50Ms: number;
  readonly addedP50Ms: number;
  readonly ratioP50: number;
  readonly ratioThroughput: number;
  readonly agent200Ms: { readonly bareP50Ms: number; readonly budgetedP50Ms: number; readonly ratioP50: number };
};

/** Medians of the rounds; what compares two sides compares them within each round first. */
export function figuresOf(rounds: readonly Round[]): InvocationFigures {
  const over = (figure: (round: Round) => number, digits = 2) => Number(median(rounds.map(figure)).toFixed(digits));
  const wayFigures = (way: Way): WayFigures => ({
    p50Ms: over(({ p50Ms }) => p50Ms[way]),
    perSecond: over(({ throughput }) => throughput[way].perSecond, 1),
    cpuMs: Object.fromEntries(
      Object.keys(rounds[0]?.throughput[way].cpuMs ?? {}).map((program) => [
        program,
        over(({ throughput }) => throughput[way].cpuMs[program] ?? 0, 1),
      ]),
    ),
  });
  return {
    ...(Object.fromEntries(WAYS.map((way) => [way, wayFigures(way)])) as Record<Way, WayFigures>),
    admissionP50Ms: over(({ p50Ms }) => p50Ms.admission),
    addedP50Ms: over(({ p50Ms }) => p50Ms.budgeted - p50Ms.bare),
    ratioP50: over(({ p50Ms }) => p50Ms.budgeted / p50Ms.bare),
    ratioThroughput: over(({ throughput }) => throughput.budgeted.perSecond / throughput.bare.perSecond),
    agent200Ms: {
      bareP50Ms: over(({ p50Ms }) => p50Ms.bare200),
      budgetedP50Ms: over(({ p50Ms }) => p50Ms.budgeted200),
      ratioP50: over(({ p50Ms }) => p50Ms.budgeted200 / p50Ms.bare200, 3),
    },
  };
}

/** A table for people. */
export function show(figures: InvocationFigures & { readonly rounds: number; readonly concurrency: number; readonly cpus: number }): void {
  const { admissionP50Ms, addedP50Ms, ratioP50, ratioThroughput, agent200Ms } = figures;
  console.table(Object.fromEntries(WAYS.map((way) => [way, rowOf(figures[way])])));
  console.log(`A budget adds ${String(addedP50Ms)} ms (p50 x ${String(ratioP50)}); throughput x ${String(ratioThroughput)}`);
  console.log(
    `To an agent of 200 ms: ${String(agent200Ms.budgetedP50Ms)} against ${String(agent200Ms.bareP50Ms)} ms, x ${String(agent200Ms.ratioP50)}`,
  );
  console.log(`Admission p50 ${String(admissionP50Ms)} ms`);
  console.log(
    `Medians of ${String(figures.rounds)} rounds; ${String(figures.concurrency)} runs at once; ${String(figures.cpus)} processors`,
  );
}

function rowOf({ p50Ms, perSecond, cpuMs }: WayFigures): Record<string, number> {
  const times = Object.fromEntries(Object.entries(cpuMs).map(([program, ms]) => [`CPU ms a run: ${program}`, ms]));
  return { 'p50 ms': p50Ms, 'runs/s': perSecond, ...times };
}
