import { Pool } from 'pg';

/** A balance as a transaction left it, or a limit as it set it. */
export type Step = {
  /** Steps of one transaction follow each other: an organization's ledger is locked from a transaction's first write to its end. */
  readonly transaction: string;
  readonly budgetId: string;
} & (
  | { readonly what: 'limit'; readonly limitMicroUsd: number | null }
  | {
      readonly what: 'balance';
      readonly periodStart: number;
      readonly spentMicroUsd: number;
      readonly heldMicroUsd: number;
      readonly carriedInMicroUsd: number;
    }
);

/** What the database itself saw, in order. */
export interface Witnessed {
  readonly steps: readonly Step[];
  /** Of entries, by their ids: which transaction wrote them. */
  readonly transactions: ReadonlyMap<number, string>;
}

/** A record that no code of ours writes: triggers note every balance and every limit, in the transaction that writes it. */
const SQL = `
  create table chaos_steps (
    step bigint generated always as identity primary key,
    transaction text not null default pg_current_xact_id()::xid::text,
    organization_id text not null, budget_id text not null, what text not null,
    period_start bigint, spent bigint, held bigint, carried_in bigint, monthly_limit bigint);
  create function chaos_balance() returns trigger language plpgsql as $$ begin
    insert into chaos_steps (organization_id, budget_id, what, period_start, spent, held, carried_in)
    values (new.organization_id, new.budget_id, 'balance', new.period_start, new.month_spent, new.month_held, new.carried_in);
    return null;
  end $$;
  create function chaos_limit() returns trigger language plpgsql as $$ begin
    insert into chaos_steps (organization_id, budget_id, what, monthly_limit)
    values (new.organization_id, new.budget_id, 'limit', new.monthly_micro_usd);
    return null;
  end $$;
  create trigger chaos_balance after insert or update on balances for each row execute function chaos_balance();
  create trigger chaos_limit after insert or update on budgets for each row execute function chaos_limit();`;

export interface Witness {
  read(organizationId: string): Promise<Witnessed>;
  close(): Promise<void>;
}

export async function callWitness(databaseUrl: string): Promise<Witness> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  // Killed with its server, and made anew when it is asked.
  pool.on('error', () => undefined);
  await pool.query(SQL);
  return {
    read: async (organizationId) => {
      const { rows } = await pool.query<Row>('select * from chaos_steps where organization_id = $1 order by step', [organizationId]);
      const entries = await pool.query<{ entry_id: string; transaction: string }>(
        'select entry_id, xmin::text as transaction from entries where organization_id = $1',
        [organizationId],
      );
      const transactions = new Map(entries.rows.map(({ entry_id: entryId, transaction }) => [Number(entryId), transaction]));
      return { steps: rows.map(stepOf), transactions };
    },
    close: () => pool.end(),
  };
}

// The driver reads bigint as text, or as a number where our store has told it so.
type Figure = string | number | null;
interface Row {
  readonly transaction: string;
  readonly budget_id: string;
  readonly what: 'balance' | 'limit';
  readonly period_start: Figure;
  readonly spent: Figure;
  readonly held: Figure;
  readonly carried_in: Figure;
  readonly monthly_limit: Figure;
}

function stepOf({ transaction, budget_id: budgetId, what, ...row }: Row): Step {
  if (what === 'limit') {
    return { transaction, budgetId, what, limitMicroUsd: row.monthly_limit === null ? null : Number(row.monthly_limit) };
  }
  return {
    transaction,
    budgetId,
    what,
    periodStart: Number(row.period_start),
    spentMicroUsd: Number(row.spent),
    heldMicroUsd: Number(row.held),
    carriedInMicroUsd: Number(row.carried_in),
  };
}
