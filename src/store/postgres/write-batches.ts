import type { PoolClient } from 'pg';
import { LedgerUnavailable } from '../ledger-unavailable';
import { appendEntries } from './append-entries';
import { BEGIN, COMMIT, inOneGo, type Statement } from './connection';
import type { DecidedBatch } from './decide-batch';
import { inOneStatement } from './in-one-statement';
import { allStepped, stepOrganizations } from './organization-row';
import { Undecidable } from './undecidable';
import { writeBalances } from './write-balances';
import { writeBudgets } from './write-budgets';
import { tellHappenings } from './write-happenings';
import { insertHolds, replaceHolds } from './write-holds';
import { writePruned } from './write-pruned';

/** The budgets of an organization that have something new to tell. */
export interface News {
  readonly organizationId: string;
  readonly budgetIds: readonly string[];
}

/** Writes batches of different organizations in a transaction of their own, in one round trip: all of them, or none. */
export function writeAtOnce(db: PoolClient, { main, rest, telling }: Writes): Promise<readonly News[]> {
  return sendAll(db, rest.length === 0 ? [main] : [BEGIN, main, ...rest, COMMIT], telling);
}

/** The same at the end of a transaction that has the organizations' locks. */
export function writeAndCommit(db: PoolClient, { main, rest, telling }: Writes): Promise<readonly News[]> {
  return sendAll(db, [main, ...rest, COMMIT], telling);
}

/** The statements that write batches. */
export interface Writes {
  /** Mostly all of it. */
  readonly main: Statement;
  readonly rest: readonly Statement[];
  /** Those of the rest that return budgets with something new to tell. */
  readonly telling: readonly { readonly organizationId: string; readonly statement: Statement }[];
}

async function sendAll(db: PoolClient, statements: readonly Statement[], telling: Writes['telling']): Promise<readonly News[]> {
  const answers = await inOneGo(db, statements);
  return telling.map(({ organizationId, statement }) => {
    const rows = answers[statements.indexOf(statement)] as { budget_id: string }[];
    return { organizationId, budgetIds: [...new Set(rows.map((row) => row.budget_id))] };
  });
}

/** Throws Undecidable where there is something in them that cannot be written down. */
export function writesOf(batches: readonly DecidedBatch[]): Writes {
  try {
    return statementsOf(batches);
  } catch (error) {
    throw new LedgerUnavailable(new Undecidable(error));
  }
}

function statementsOf(batches: readonly DecidedBatch[]): Writes {
  const telling = batches.flatMap(({ organizationId, changes }) =>
    (changes.happenings.length > 0 ? tellHappenings(organizationId, changes.happenings) : []).map((statement) => ({
      organizationId,
      statement,
    })),
  );
  const own = <Row>(rowsOf: (batch: DecidedBatch) => readonly Row[]) =>
    batches.map((batch) => ({ organizationId: batch.organizationId, rows: rowsOf(batch) }));
  const bulks = [
    insertHolds(own(({ fresh }) => fresh)),
    replaceHolds(own(({ replaced }) => replaced)),
    writeBalances(own(({ changes }) => changes.balances)),
    appendEntries(own(({ changes }) => changes.entries)),
  ];
  const firsts = bulks.flatMap((parts) => parts.slice(0, 1));
  return {
    main: inOneStatement([stepOrganizations(batches), ...firsts], allStepped(batches)),
    rest: [
      ...batches.flatMap(({ organizationId, changes }) => (changes.budgets.size > 0 ? writeBudgets(organizationId, changes.budgets) : [])),
      ...bulks.flatMap((parts) => parts.slice(1)),
      ...batches.flatMap(({ organizationId, changes }) => writePruned(organizationId, changes.pruned)),
      ...telling.map(({ statement }) => statement),
    ],
    telling,
  };
}
