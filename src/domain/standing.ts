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
  const limits = accounts.flatMap((account) => WINDOWS.flatMap((window) => costLimitOf(account, window) ?? []));
  return {
    usage: Math.max(0, ...limits.map(({ usedMicroUsd, baseMicroUsd }) => shareOf(usedMicroUsd, baseMicroUsd))),
    remainingMicroUsd: leastOf(limits.map(({ availableMicroUsd }) => clampToZero(availableMicroUsd))),
  };
}

export function leastOf<Amount extends number>(amounts: readonly Amount[]): Amount | null {
  return amounts.reduce<Amount | null>((least, amount) => (least === null || amount < least ? amount : least), null);
}
