import type { Pool } from 'pg';
import { applyBatch, isSound, type Changes, type Operation, type Outcome } from '../../domain/ledger';
import { appendEntries } from './append-entries';
import { inTransaction } from './connection';
import { withLoadedRows } from './loaded-rows';
import { lockOrganization } from './lock-organization';
import { moveSweep } from './move-sweep';
import { writeBalances } from './write-balances';
import { writeBudgets } from './write-budgets';
import { writeHappenings } from './write-happenings';
import { writeHolds } from './write-holds';

export interface Applied {
  readonly outcomes: readonly Outcome[];
  /** The budgets that have something new to tell. */
  readonly toTell: readonly string[];
}

/** One transaction: lock the organization, load, decide in the domain, write what changed. */
export function applyBatchIn(pool: Pool, organizationId: string, operations: readonly Operation[]): Promise<Applied> {
  return inTransaction(pool, async (db) => {
    const organization = await lockOrganization(db, organizationId);
    const { outcomes, changes } = await withLoadedRows(db, organizationId, organization, operations.filter(isSound), (rows) =>
      applyBatch(rows, operations),
    );
    await writeBudgets(db, organizationId, changes.budgets);
    await writeHolds(db, changes.holds);
    await writeBalances(db, organizationId, changes.balances);
    await appendEntries(db, organizationId, changes.entries);
    const toTell = await writeHappenings(db, organizationId, changes.happenings);
    const sweeps = operations.filter((operation, index) => operation.kind === 'expire' && isComplete(outcomes[index])).map(({ at }) => at);
    const sweptThrough = sweptThroughAfter(organization.sweptThrough, sweeps, changes);
    if (sweptThrough !== organization.sweptThrough) await moveSweep(db, organizationId, sweptThrough);
    return { outcomes, toTell };
  });
}

function isComplete(outcome: Outcome | undefined): boolean {
  return outcome?.ok === true && 'isComplete' in outcome.answer && outcome.answer.isComplete;
}

/** After a complete sweep nothing is overdue at its `at`; a hold written since with an earlier end must be looked for again. */
function sweptThroughAfter(before: number, sweeps: readonly number[], { holds }: Changes): number {
  const swept = Math.max(before, ...sweeps);
  return Math.min(swept, ...holds.filter(({ state }) => state === 'held').map(({ expiresAt }) => expiresAt - 1));
}
