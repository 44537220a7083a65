import { appendEntries } from './append-entries';
import type { PoolClient } from 'pg';
import { inOneGo, type Statement } from './connection';
import type { DecidedBatch } from './decide-batch';
import { stepOrganizations } from './organization-row';
import { writeBalances } from './write-balances';
import { writeBudgets } from './write-budgets';
import { tellHappenings } from './write-happenings';
import { insertHolds, replaceHolds } from './write-holds';
import { writePruned } from './write-pruned';

const BEGIN: Statement = { text: 'begin', values: [] };
const COMMIT: Statement = { text: 'commit', values: [] };

/** The budgets of an organization that have something new to tell. */
export interface News {
  readonly organizationId: string;
  readonly budgetIds: readonly string[];
}

/** Writes batches of different organizations in a transaction of their own, in one round trip: all of them, or none. */
export function writeAtOnce(db: PoolClient, batches: readonly DecidedBatch[]): Promise<readonly News[]> {
  return sendAll(db, batches, [BEGIN]);
}

/** The same at the end of a transaction that has the organizations' locks. */
export function writeAndCommit(db: PoolClient, batches: readonly DecidedBatch[]): Promise<readonly News[]> {
  return sendAll(db, batches, []);
}

async function sendAll(db: PoolClient, batches: readonly DecidedBatch[], before: readonly Statement[]): Promise<readonly News[]> {
  const telling = batches.flatMap(({ organizationId, changes }) =>
    (changes.happenings.length > 0 ? tellHappenings(organizationId, changes.happenings) : []).map((statement) => ({
      organizationId,
      statement,
    })),
  );
  const told = telling.map(({ statement }) => statement);
  const answers = await inOneGo(db, [...before, ...statementsFor(batches), ...told, COMMIT]);
  const rows = answers.slice(answers.length - 1 - told.length, -1) as { budget_id: string }[][];
  return telling.map(({ organizationId }, index) => ({
    organizationId,
    budgetIds: [...new Set(rows[index]?.map((row) => row.budget_id))],
  }));
}

function statementsFor(batches: readonly DecidedBatch[]): Statement[] {
  const own = <Row>(rowsOf: (batch: DecidedBatch) => readonly Row[]) =>
    batches.map((batch) => ({ organizationId: batch.organizationId, rows: rowsOf(batch) }));
  return [
    stepOrganizations(batches),
    ...batches.flatMap(({ organizationId, changes }) => (changes.budgets.size > 0 ? writeBudgets(organizationId, changes.budgets) : [])),
    ...insertHolds(own(({ fresh }) => fresh)),
    ...replaceHolds(own(({ replaced }) => replaced)),
    ...writeBalances(own(({ changes }) => changes.balances)),
    ...appendEntries(own(({ changes }) => changes.entries)),
    ...batches.flatMap(({ organizationId, changes }) => writePruned(organizationId, changes.pruned)),
  ];
}
