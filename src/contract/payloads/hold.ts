import type { HoldState, Receipt } from '../../domain/ledger';
import { toUsd } from '../../domain/money';

/** What the ledger says of a key, as JSON. */
export interface HoldPayload {
  readonly key: string;
  readonly state: HoldState;
  readonly reservedUsd: number;
  readonly heldUsd: number;
  readonly chargedUsd: number;
  readonly overageUsd: number;
  readonly attempts: number;
  readonly isUnconfirmed: boolean;
  readonly isLate: boolean;
}

export function holdPayload(receipt: Receipt): HoldPayload {
  return {
    key: receipt.key,
    state: receipt.state,
    reservedUsd: toUsd(receipt.reservedMicroUsd),
    heldUsd: toUsd(receipt.heldMicroUsd),
    chargedUsd: toUsd(receipt.chargedMicroUsd),
    overageUsd: toUsd(receipt.overageMicroUsd),
    attempts: receipt.attempts,
    isUnconfirmed: receipt.isUnconfirmed,
    isLate: receipt.isLate,
  };
}
