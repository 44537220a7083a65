import type { Grant } from '../../domain/decision';
import { toUsd } from '../../domain/money';
import { denialPayload, type DenialPayload } from './denial';

/** A grant as JSON: what a caller should know before the work runs. */
export interface GrantPayload {
  readonly reason: string;
  readonly isDegraded: boolean;
  readonly isUnbudgeted: boolean;
  readonly warningMessage: string | null;
  /** The highest usage of the cost limits before the call, a share of 1. */
  readonly usage: number;
  readonly remainingUsd: number | null;
  readonly remainingExecutions: number | null;
  /** In soft mode, the denial that hard mode would have answered. */
  readonly softDenial: DenialPayload | null;
}

export function grantPayload({
  remainingMicroUsd,
  softDenial,
  reason,
  isDegraded,
  isUnbudgeted,
  warningMessage,
  usage,
  remainingExecutions,
}: Grant): GrantPayload {
  return {
    reason,
    isDegraded,
    isUnbudgeted,
    warningMessage,
    usage,
    remainingUsd: remainingMicroUsd === null ? null : toUsd(remainingMicroUsd),
    remainingExecutions,
    softDenial: softDenial && denialPayload(softDenial),
  };
}
