import { randomOf, type Random } from './random';

/** How an agent behaves, by its weight in a hundred. */
export const BEHAVIOURS = { quick: 40, slow: 18, stream: 12, fail: 8, spendThenFail: 8, refuse: 4, hang: 5, lie: 5 };
export type Behaviour = keyof typeof BEHAVIOURS;

/** What somebody who reserves without a workflow does afterwards. */
const DIRECT = { commit: 60, release: 12, abandon: 8, charge: 20 };
export type DirectUse = keyof typeof DIRECT;

/** What a liar says that it cost: nothing that is a cost, or one far above the estimate, which is an overage. */
const LIES = { NaN: 1, '-5': 1, '1e300': 1, '0x10': 1, farAbove: 1 };
export type Lie = keyof typeof LIES;

/** By their share of the calls. `alone` is called through one API only: nobody else writes to its ledger, which is then decided unseen. */
const ORGANIZATIONS = { main: 76, small: 10, alone: 14 };
export type Organization = keyof typeof ORGANIZATIONS;
export const organizations = Object.keys(ORGANIZATIONS) as Organization[];

const WAYS = { client: 50, http: 28, direct: 22 };
const INTERFERENCE = { none: 88, cancel: 7, terminate: 5 };

export const TEAMS = ['steady', 'moving', 'soft'] as const;
export type Team = (typeof TEAMS)[number];

/** One call of a caller: what it asks for, and what is done to it. */
export type Call = {
  readonly number: number;
  readonly organizationId: Organization;
  readonly key: string;
  readonly startsAtMs: number;
  readonly team: Team;
  /** Asked twice at once with the same key. */
  readonly isDoubled: boolean;
  /** How long its work takes, where it is not done at once. */
  readonly workMs: number;
} & (
  | { readonly way: 'client' | 'http'; readonly behaviour: Behaviour; readonly lie: Lie; readonly interference: Interference | null }
  | { readonly way: 'direct'; readonly use: DirectUse }
);
export type Invocation = Extract<Call, { way: 'client' | 'http' }>;
export type DirectCall = Extract<Call, { way: 'direct' }>;

export interface Interference {
  readonly kind: 'cancel' | 'terminate';
  readonly afterMs: number;
}

/** Whom a fault hits: one of the workers, of the APIs, or a server. */
const TARGETS = { worker: 52, api: 24, postgres: 12, temporal: 12 };
export type Target = keyof typeof TARGETS;

/** kill: SIGKILL. freeze: SIGSTOP, and SIGCONT after a while. restart: SIGTERM, so that it drains. */
const KINDS = { kill: 62, freeze: 20, restart: 18 };

export interface Fault {
  readonly afterMs: number;
  readonly target: Target;
  /** Which of several, taken modulo how many there are. */
  readonly which: number;
  readonly kind: keyof typeof KINDS;
  readonly forMs: number;
}

/** The team's limit that moves: at which share of what it is given it is put next. */
export interface LimitChange {
  readonly afterMs: number;
  readonly share: number;
}

export interface Plan {
  readonly calls: readonly Call[];
  /** More than a run needs: it takes as many as it has time for, and at least the wanted kills. */
  readonly faults: () => Generator<Fault>;
  readonly limitChanges: () => Generator<LimitChange>;
}

/** What a run does, all of it by its seed; how it goes depends on the machine as well. */
export function planOf(seed: number, invocations: number, perSecond: number): Plan {
  const random = randomOf(seed, 'calls');
  const calls = Array.from({ length: invocations }, (_, number) => callOf(random, seed, number, (number / perSecond) * 1_000));
  return { calls, faults: () => faultsOf(randomOf(seed, 'faults')), limitChanges: () => limitChangesOf(randomOf(seed, 'limits')) };
}

function callOf(random: Random, seed: number, number: number, startsAtMs: number): Call {
  const organizationId = random.weighted(ORGANIZATIONS);
  const way = organizationId === 'alone' ? 'direct' : random.weighted(WAYS);
  const common = {
    number,
    organizationId,
    key: `chaos-${String(seed)}-${String(number)}`,
    startsAtMs,
    team: random.weighted({ steady: 40, moving: 30, soft: 30 }),
    isDoubled: random.isTrue(0.12),
    workMs: random.between(0, way === 'direct' ? 1_500 : 3_000),
  };
  if (way === 'direct') return { ...common, way, use: random.weighted(DIRECT) };
  const behaviour = random.weighted(BEHAVIOURS);
  // A terminated run's hold ends with its time to live, which over HTTP is ten minutes.
  const kind = random.weighted(way === 'http' ? { ...INTERFERENCE, terminate: 0 } : INTERFERENCE);
  const afterMs = random.between(0, 3_000);
  const lie = random.weighted(LIES);
  return { ...common, way, behaviour, lie, interference: kind === 'none' ? null : { kind, afterMs } };
}

function* faultsOf(random: Random): Generator<Fault> {
  for (;;) {
    const fault = {
      afterMs: random.between(1_500, 5_500),
      target: random.weighted(TARGETS),
      which: random.whole(0, 60),
      kind: random.weighted(KINDS),
    };
    // Now and then so long that a worker wakes to work that others were given meanwhile.
    const isLong = fault.target === 'worker' && random.isTrue(0.3);
    yield { ...fault, forMs: isLong ? random.between(20_000, 30_000) : random.between(500, 6_000) };
  }
}

function* limitChangesOf(random: Random): Generator<LimitChange> {
  for (;;) yield { afterMs: random.between(2_000, 6_000), share: random.between(0.3, 1) };
}
