/** What a caller learned in the end. */
export interface Outcome {
  readonly status: 'completed' | 'denied' | 'failed' | 'cancelled';
  /** What it was told to be charged; null where it was not told. */
  readonly chargedMicroUsd: number | null;
  /** An amount that is charged for certain, since some process of ours had recorded it; null where none is known. */
  readonly recordedMicroUsd: number | null;
  /** By name, why it failed; null where nothing was said. */
  readonly reason: string | null;
}

export function outcomeOf(status: string, chargedUsd: number | null, output: unknown = null, reason: string | null = null): Outcome {
  const told = (output as { told?: unknown } | null)?.told;
  return {
    status: status as Outcome['status'],
    chargedMicroUsd: chargedUsd === null ? null : Math.round(chargedUsd * 1e6),
    recordedMicroUsd: typeof told === 'number' ? told : null,
    reason,
  };
}

/** An answer over HTTP that is none of those expected: whatever it says of time-outs, it is no outage. */
export class UnexpectedAnswer extends Error {
  constructor(status: number, body: unknown) {
    super(`HTTP ${String(status)} ${JSON.stringify(body)}`);
  }
}
