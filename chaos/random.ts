import { createHash } from 'node:crypto';

/** Chance by a seed: the same seed, the same numbers. */
export interface Random {
  /** At least `least`, less than `end`. */
  between(least: number, end: number): number;
  whole(least: number, end: number): number;
  isTrue(probability: number): boolean;
  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
}

/** Of a run, for one purpose: no two purposes or seeds share a stream. Mulberry32, which is public domain: 32 bits are plenty for a plan. */
export function randomOf(seed: number, purpose: string): Random {
  let state = createHash('sha256')
    .update(`${String(seed)} ${purpose}`)
    .digest()
    .readUInt32LE();
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, end: number) => least + next() * (end - least);
  return {
    between,
    whole: (least, end) => Math.floor(between(least, end)),
    isTrue: (probability) => next() < probability,
    weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => {
      const entries = Object.entries(weights) as [Name, number][];
      let left = between(
        0,
        entries.reduce((sum, [, weight]) => sum + weight, 0),
      );
      for (const [name, weight] of entries) {
        left -= weight;
        if (left < 0) return name;
      }
      throw new Error('Nothing to choose from');
    },
  };
}
