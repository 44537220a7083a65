import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Hold } from '../../src/domain/ledger';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { cost, FAILED, KILLED, Ledger, MINUTE, NOON, runOf, TTL, UNKNOWN_COST } from './support';

/** Brings a database up, by so many migrations. Apart, since the library is an ES module. */
async function migrateUp(databaseUrl: string, count: number): Promise<void> {
  const dir = path.join(__dirname, '../../src/store/postgres/migrations');
  const options = { databaseUrl, dir, migrationsTable: 'agent_budget_migrations', direction: 'up', count };
  const script = `import('node-pg-migrate').then(({ runner }) => runner({ ...${JSON.stringify(options)}, log: () => undefined }))`;
  await promisify(execFile)(process.execPath, ['-e', script], { cwd: path.join(__dirname, '../..') });
}

/** A row of `holds` as it was before migration 0007. */
function rowBefore(hold: Hold) {
  return {
    organization_id: hold.organizationId,
    key: hold.key,
    run_id: hold.runId,
    first_execution_run_id: hold.firstExecutionRunId,
    barred_run_ids: hold.barredRunIds,
    team_id: hold.call.teamId,
    user_id: hold.call.userId,
    agent_id: hold.call.agentId,
    fingerprint: hold.fingerprint,
    estimate: hold.estimateMicroUsd,
    at: hold.at,
    ttl_ms: hold.ttlMs,
    expires_at: hold.expiresAt,
    state: hold.state,
    decision: hold.decision,
    lines: hold.lines,
    held: hold.heldMicroUsd,
    reserved: hold.reservedMicroUsd,
    has_started: hold.hasStarted,
    counted: hold.counted,
    attempts: hold.attempts,
    settled_at: hold.settledAt,
    is_late: hold.isLate,
  };
}

/** A hold in every state, with what each can have. Returns their keys. */
async function everyKindOfHold(ledger: Ledger): Promise<string[]> {
  const call = ledger.call({ teamId: 'writers', userId: 'ada', agentId: 'summarizer' });
  await ledger.limit({ monthly: 100, daily: 90 });
  await ledger.limit({ monthlyExecutions: 9 }, { budgetId: 'team', scope: { teamId: 'writers' } });
  await ledger.reserve('held', 2, { call, run: runOf('r1') });
  await ledger.reserve('plain', 2, { startsWork: true });
  await ledger.reserve('working', 3, { call, run: runOf('r2') });
  await ledger.start('working', 'r2/1/1');
  await ledger.start('working', 'r2/1/2', { at: NOON + MINUTE });
  await ledger.reserve('committed', 2);
  await ledger.commit('committed', cost(3));
  await ledger.reserve('unknown', 2, { startsWork: true });
  await ledger.commit('unknown', UNKNOWN_COST);
  await ledger.reserve('failed', 2);
  await ledger.start('failed', '1');
  await ledger.finish('failed', '1', FAILED);
  await ledger.settle('failed');
  await ledger.reserve('released', 2, { call });
  await ledger.release('released');
  await ledger.reserve('late', 2, { ttlMs: MINUTE });
  await ledger.reserve('killed', 2, { startsWork: true, ttlMs: MINUTE });
  await ledger.start('held', 'r1/1/1');
  await ledger.finish('held', 'r1/1/1', KILLED);
  await ledger.expire(NOON + 2 * MINUTE);
  await ledger.commit('late', cost(1), NOON + 3 * MINUTE);
  await ledger.release('barred', runOf('r9'));
  await ledger.charge('charged', 4);
  await ledger.reserve('denied', 5_000, { call, ttlMs: TTL });
  return ['held', 'plain', 'working', 'committed', 'unknown', 'failed', 'released', 'late', 'killed', 'barred', 'charged', 'denied'];
}

test('holds of before migration 0007 are after it what they were', async () => {
  const before = new Ledger(createMemoryStore());
  const keys = await everyKindOfHold(before);
  const url = await createDatabase(String(process.env['TEST_DATABASE_URL']), {
    name: `old_${randomUUID().slice(0, 8)}`,
    template: 'template0',
  });
  await migrateUp(url, 6);
  const sql = new Client({ connectionString: url });
  await sql.connect();
  const holds = await Promise.all(keys.map((key) => before.store.hold(before.organizationId, key)));
  const rows = holds.flatMap((hold) => (hold === undefined ? [] : rowBefore(hold)));
  await sql.query('insert into organizations (organization_id, swept_through) values ($1, $2)', [before.organizationId, NOON]);
  await sql.query('insert into holds select * from jsonb_populate_recordset(null::holds, $1)', [JSON.stringify(rows)]);
  await sql.end();
  await migrateUp(url, 1);
  const store = createPostgresStore(url);
  try {
    for (const [index, key] of keys.entries()) expect(await store.hold(before.organizationId, key)).toEqual(holds[index]);
    const largest = await store.largestHolds(before.organizationId, { budgetId: 'main', periodStart: Date.UTC(2026, 2, 1) }, 2);
    expect(largest.map(({ key }) => key)).toEqual(['working', 'plain']);
  } finally {
    await store.close();
  }
});
