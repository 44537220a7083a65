import { Pool } from 'pg';
import type { Limits } from '../src/domain/budget';

/** What a month or a day had used, from its start. */
export interface Usage {
  readonly start: number;
  readonly spentMicroUsd: number;
  readonly heldMicroUsd: number;
  readonly executions: number;
}

/** A balance as a transaction left it, or limits as it set them. */
export type Step = {
  /** Steps of one transaction follow each other: an organization's ledger is locked from a transaction's first write to its end. */
  readonly transaction: string;
  readonly budgetId: string;
} & (
  | { readonly what: 'limit'; readonly limits: { readonly [Name in keyof Limits]: number | null } }
  | { readonly what: 'balance'; readonly carriedInMicroUsd: number; readonly month: Usage; readonly day: Usage }
);

/** What the database itself saw, in order. */
export interface Witnessed {
  readonly steps: readonly Step[];
  /** Of entries, by their ids: which transaction wrote them. */
  readonly transactions: ReadonlyMap<number, string>;
}

/** A record that no code of ours writes: triggers note every row of balances and of budgets, in the transaction that writes it. */
const SQL = `
  create table chaos_steps (
    step bigint generated always as identity primary key,
    transaction text not null default pg_current_xact_id()::xid::text,
    organization_id text not null, budget_id text not null, what text not null, content jsonb not null);
  create function chaos_step() returns trigger language plpgsql as $$ begin
    insert into chaos_steps (organization_id, budget_id, what, content) values (new.organization_id, new.budget_id, tg_argv[0], to_jsonb(new));
    return null;
  end $$;
  create trigger chaos_balance after insert or update on balances for each row execute function chaos_step('balance');
  create trigger chaos_limit after insert or update on budgets for each row execute function chaos_step('limit');`;

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

interface Row {
  readonly transaction: string;
  readonly budget_id: string;
  readonly what: 'balance' | 'limit';
  readonly content: Readonly<Record<string, number | null>>;
}

function stepOf({ transaction, budget_id: budgetId, what, content }: Row): Step {
  // A column by another name must not be taken for one that says nothing.
  const of = (name: string) => {
    const value = content[name];
    if (value === undefined) throw new Error(`A ${what} has no ${name}`);
    return value;
  };
  if (what === 'limit') {
    const limits = {
      monthlyMicroUsd: of('monthly_micro_usd'),
      dailyMicroUsd: of('daily_micro_usd'),
      monthlyExecutions: of('monthly_executions'),
      dailyExecutions: of('daily_executions'),
    };
    return { transaction, budgetId, what, limits };
  }
  const usage = (window: 'month' | 'day', start: number): Usage => ({
    start,
    spentMicroUsd: Number(of(`${window}_spent`)),
    heldMicroUsd: Number(of(`${window}_held`)),
    executions: Number(of(`${window}_executions`)),
  });
  const [month, day] = [usage('month', Number(of('period_start'))), usage('day', Number(of('day_start')))];
  return { transaction, budgetId, what, carriedInMicroUsd: Number(of('carried_in')), month, day };
}
