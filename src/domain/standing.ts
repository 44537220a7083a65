import { costLimitOf, shareOf, WINDOWS } from './cost-limit';
import type { Account } from './decision';
import { clampToZero, type MicroUsd } from './money';

/** How the cost limits of a call's budgets stand before it. */
export interface Standing {
  /** The highest usage of them, a share of 1; 0 where nothing limits cost. */
  readonly usage: number;
  /** The least that any of them leaves; null is unlimited. */
  readonly remainingMicroUsd: MicroUsd | null;
}

export function standingOf(accounts: readonly Account[]): Standing {
  let usage = 0;
  let remainingMicroUsd: MicroUsd | null = null;
  for (const account of accounts) {
    for (const window of WINDOWS) {
      const limit = costLimitOf(account, window);
      if (limit === null) continue;
      usage = Math.max(usage, shareOf(limit.usedMicroUsd, limit.baseMicroUsd));
      remainingMicroUsd = lesser(remainingMicroUsd, clampToZero(limit.availableMicroUsd));
    }
  }
  return { usage, remainingMicroUsd };
}

/** The lesser of two amounts; null is unlimited. */
export function lesser<Amount extends number>(a: Amount | null, b: Amount): Amount {
  return a === null || b < a ? b : a;
}
