import os from 'node:os';

/** The middle one; of an even number, the higher of the two. NaN of none. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** The figure that the share `q` of all is below. */
export function quantile(figures: readonly number[], q: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

/** To so many digits behind the point. */
export function rounded(figure: number, digits = 2): number {
  return Number(figure.toFixed(digits));
}

/** What figures are to be read with. */
export function machine(): { readonly node: string; readonly cpus: number; readonly cpu: string } {
  return { node: process.version, cpus: os.cpus().length, cpu: os.cpus()[0]?.model ?? '' };
}
