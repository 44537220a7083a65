import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { audit } from '../../src/store/audit';
import type { BudgetStore } from '../../src/store/budget-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { Ledger } from './support';

type GroupCommit = NonNullable<Parameters<typeof createPostgresStore>[1]>['groupCommit'];

/** One database, and the stores that a test opens on it, each as another process would: what they leave must add up. */
export class Processes {
  private opened: BudgetStore[] = [];

  private constructor(
    readonly url: string,
    readonly sql: Client,
  ) {}

  static async start(): Promise<Processes> {
    const url = await createDatabase(String(process.env['TEST_DATABASE_URL']));
    const sql = new Client({ connectionString: url });
    await sql.connect();
    return new Processes(url, sql);
  }

  open(groupCommit: GroupCommit = {}, url = this.url): BudgetStore {
    const store = createPostgresStore(url, { groupCommit });
    this.opened.push(store);
    return store;
  }

  /** A new organization with so many USD a month. */
  async limited(monthly: number, store = this.open()): Promise<Ledger> {
    const ledger = new Ledger(store);
    await ledger.limit({ monthly });
    return ledger;
  }

  /** The same organization's ledger, as another process has it. */
  elsewhere(ledger: Ledger, store = this.open()): Ledger {
    return Object.assign(new Ledger(store), { organizationId: ledger.organizationId });
  }

  /** Closes what the test opened, and audits all ledgers. */
  async settle(): Promise<void> {
    const store = this.open();
    for (const organizationId of await store.organizations()) expect(await audit(store, organizationId)).toEqual([]);
    await Promise.all(this.opened.map((each) => each.close()));
    this.opened = [];
  }

  end(): Promise<void> {
    return this.sql.end();
  }
}

export const keys = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
