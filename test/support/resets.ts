import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { Client as DatabaseClient } from 'pg';
import type { ResetProgress } from '../../src/contract/payloads/reset';

/** How many periods of how many budgets are closed, and how many of those that ended by `at` are not. */
export async function closedIn(databaseUrl: string, at: number): Promise<{ periods: number; budgets: number; waiting: number }> {
  const sql = `select count(*) filter (where closed_at is not null)::int as periods,
                      count(distinct (organization_id, budget_id)) filter (where closed_at is not null)::int as budgets,
                      count(*) filter (where closed_at is null and period_end <= $1)::int as waiting from balances`;
  const [row] = await queryOf<{ periods: number; budgets: number; waiting: number }>(databaseUrl, sql, [at]);
  if (row === undefined) throw new Error('PostgreSQL counted nothing');
  return row;
}

export async function queryOf<Row>(databaseUrl: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new DatabaseClient({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(sql, [...values]);
  await client.end();
  return rows as Row[];
}

/** A database that refuses to close the budgets `b` of an organization, the first so many times. */
export async function refuseToClose(databaseUrl: string, organizationId: string, times: number): Promise<void> {
  await queryOf(
    databaseUrl,
    `create sequence refusals_${organizationId};
     create function refuse_${organizationId}() returns trigger language plpgsql as $$ begin
       if nextval('refusals_${organizationId}') <= ${String(times)} then raise 'no room'; end if;
       return new;
     end $$;
     create trigger refuse_${organizationId} before update on balances for each row
       when (new.organization_id = '${organizationId}' and new.budget_id = 'b' and new.closed_at is not null)
       execute function refuse_${organizationId}();`,
  );
}

/** What each ended run of a cron answered, from the first on: a run's last event names the next one. */
export async function resultsOfCron(client: Client, workflowId: string, firstRunId: string): Promise<ResetProgress[]> {
  const results: ResetProgress[] = [];
  for (let runId: string | null = firstRunId; runId !== null;) {
    const { result, next } = endOf(await client.workflow.getHandle(workflowId, runId).fetchHistory());
    if (result !== null) results.push(result);
    runId = next;
  }
  return results;
}

// The time-skipping server continues a cron's run as new; the other one completes it, and names the next.
function endOf({ events }: History): { result: ResetProgress | null; next: string | null } {
  const last = events?.at(-1);
  const completed = last?.workflowExecutionCompletedEventAttributes;
  const continued = last?.workflowExecutionContinuedAsNewEventAttributes;
  const data = (completed?.result ?? continued?.lastCompletionResult)?.payloads?.[0]?.data;
  const next = completed?.newExecutionRunId ?? continued?.newExecutionRunId ?? '';
  return { result: data ? (JSON.parse(Buffer.from(data).toString()) as ResetProgress) : null, next: next === '' ? null : next };
}
