import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { fromUsd } from '../../src/domain/money';
import { perform } from '../../src/store/budget-store';
import { budgetOf } from '../support/budgets';
import type { Fields } from './command-line';
import type { OwnLedger } from './own-ledger';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface HoldMade {
  readonly at?: number;
  readonly ttlMs?: number;
  readonly startsWork?: boolean;
}

/** An hour ago it was made for ten minutes. */
export const overdue = (): HoldMade => ({ at: Date.now() - HOUR, ttlMs: 10 * MINUTE });

/** Makes ledgers, by the store's operations and by hand. */
export class Planter {
  readonly #client: Client;

  constructor(readonly ledger: Pick<OwnLedger, 'store' | 'databaseUrl'>) {
    this.#client = new Client({ connectionString: ledger.databaseUrl });
  }

  open = () => this.#client.connect();
  close = () => this.#client.end();

  /** One with a budget of $10 a month that tells a webhook. */
  async organization(): Promise<string> {
    const organizationId = `org-${randomUUID()}`;
    const budget = budgetOf(organizationId, { monthlyMicroUsd: fromUsd(10) });
    await this.ledger.store.putBudget({ ...budget, alerts: { webhookUrl: 'https://alerts.example/hook' } }, Date.now() - HOUR);
    return organizationId;
  }

  /** Of $1, by nobody's workflow. */
  async hold(organizationId: string, key: string, { at = Date.now(), ttlMs = HOUR, startsWork = false }: HoldMade = {}): Promise<void> {
    const reserve = { key, at, ttlMs, startsWork, estimateMicroUsd: fromUsd(1), fingerprint: key, run: null };
    await perform(this.ledger.store, organizationId, { kind: 'reserve', call: callOf(organizationId), ...reserve });
  }

  async charge(organizationId: string, amountUsd: number, at: number): Promise<void> {
    const charge = { key: 'charged', fingerprint: 'charged', at, amountMicroUsd: fromUsd(amountUsd) };
    await perform(this.ledger.store, organizationId, { kind: 'charge', call: callOf(organizationId), ...charge });
  }

  /** By SQL, and as whoever does it must: giving the ledger another version. */
  async change(organizationId: string, sql: string): Promise<void> {
    await this.#client.query(sql, [organizationId]);
    await this.#client.query('update organizations set version = version + 1 where organization_id = $1', [organizationId]);
  }

  alert(organizationId: string, alertId: number, { at, isFinished }: { at: number; isFinished: boolean }): Promise<void> {
    const values = `$1, ${String(alertId)}, 'monthly', '{}', ${String(at)}, ${String(at)}, ${String(isFinished)}`;
    const columns = 'organization_id, alert_id, budget_id, message, created_at, give_up_at, is_finished';
    return this.change(organizationId, `insert into alerts (${columns}) values (${values})`);
  }

  pendingDelivery(organizationId: string, alertId: number): Promise<void> {
    const columns =
      'organization_id, alert_id, channel, target, fingerprint, state, refused, attempts, last_attempts, not_before, updated_at';
    const values = `$1, ${String(alertId)}, 'email', 'x', 'x', 'pending', '[]', 0, '[]', 0, 0`;
    return this.change(organizationId, `insert into deliveries (${columns}) values (${values})`);
  }

  sender(organizationId: string, until: number): Promise<void> {
    const values = `$1, 'monthly', 'somebody', ${String(until)}, ${String(until)}`;
    return this.change(
      organizationId,
      `insert into alert_senders (organization_id, budget_id, claimer, lease_until, cools_until) values (${values})`,
    );
  }
}

function callOf(organizationId: string) {
  return { organizationId, teamId: null, userId: null, agentId: null };
}

type Plant = (on: Planter, org: string) => Promise<unknown>;
const CROSSING_USD = 6;

/** What is planted, what an audit calls it, and whether a repair without Temporal leaves it. */
export const PLANTED: readonly (readonly [name: string, plant: Plant, found: Fields, isLeft: boolean])[] = [
  ['a hold that nobody expired', (on, org) => on.hold(org, 'a', overdue()), { kind: 'overdue_hold', key: 'a' }, false],
  [
    'a hold that a sweep has passed by',
    async (on, org) => {
      await on.hold(org, 'a', overdue());
      await on.change(org, `update organizations set clear_through = ${String(Date.now())} where organization_id = $1`);
    },
    { kind: 'overdue_hold', key: 'a' },
    false,
  ],
  [
    'a settled hold that holds',
    (on, org) => on.hold(org, 'a').then(() => on.change(org, `update holds set state = 'released' where organization_id = $1`)),
    { kind: 'contradictory_hold', key: 'a', why: 'it is released, and holds money' },
    true,
  ],
  [
    'an open attempt of a settled hold',
    (on, org) =>
      on
        .hold(org, 'a', { startsWork: true })
        .then(() => on.change(org, `update holds set state = 'committed', held = 0 where organization_id = $1`)),
    { kind: 'contradictory_hold', key: 'a', why: 'it is committed, and an attempt is open' },
    true,
  ],
  [
    'a hold without its balance',
    (on, org) => on.hold(org, 'a').then(() => on.change(org, 'delete from balances where organization_id = $1')),
    { kind: 'contradictory_hold', key: 'a', why: 'it counts in a balance that there is not' },
    true,
  ],
  [
    'a hold that holds less than nothing',
    (on, org) => on.hold(org, 'a').then(() => on.change(org, 'update holds set held = -1 where organization_id = $1')),
    { kind: 'contradictory_hold', key: 'a', why: 'it holds less than nothing' },
    true,
  ],
  [
    'a hold that is held and settled',
    (on, org) => on.hold(org, 'a').then(() => on.change(org, 'update holds set settled_at = 0 where organization_id = $1')),
    { kind: 'contradictory_hold', key: 'a', why: 'it is held, and settled' },
    true,
  ],
  [
    'a crossing that no sender took',
    (on, org) => on.charge(org, CROSSING_USD, Date.now() - HOUR),
    { kind: 'waiting_alert', budget_id: 'monthly', why: 'waits to be sent, and is late' },
    true,
  ],
  [
    'a crossing of a budget that is gone',
    async (on, org) => {
      await on.charge(org, CROSSING_USD, Date.now() - HOUR);
      await on.change(org, 'delete from budgets where organization_id = $1');
    },
    { kind: 'waiting_alert', budget_id: 'monthly', why: 'waits to be sent, of a budget that is gone' },
    true,
  ],
  [
    'a message whose sender’s lease ended long ago, where nothing else is left of the organization',
    async (on, org) => {
      await on.alert(org, 7, { at: Date.now() - HOUR, isFinished: false });
      await on.sender(org, Date.now() - HOUR);
      for (const table of ['budgets', 'balances', 'organizations']) await on.change(org, `delete from ${table} where organization_id = $1`);
    },
    { kind: 'waiting_alert', budget_id: 'monthly' },
    true,
  ],
  ['a delivery without its alert', (on, org) => on.pendingDelivery(org, 7), { kind: 'stray_alert', alert_id: 7 }, true],
  [
    'a delivery that is pending while its alert is finished',
    (on, org) => on.alert(org, 7, { at: 0, isFinished: true }).then(() => on.pendingDelivery(org, 7)),
    { kind: 'stray_alert', alert_id: 7, budget_id: 'monthly', why: 'the alert is finished, and not delivered by email' },
    true,
  ],
  [
    'a crossing that was told by no message',
    async (on, org) => {
      await on.charge(org, CROSSING_USD, Date.now());
      await on.change(org, 'update happenings set alert_id = 8 where organization_id = $1');
    },
    { kind: 'stray_alert', alert_id: 8, budget_id: 'monthly' },
    true,
  ],
];

/** What is as it should be, and looks nearly like it. */
export const SOUND: readonly (readonly [name: string, make: Plant])[] = [
  ['a reservation without a workflow', (on, org) => on.hold(org, 'a', { startsWork: true })],
  ['a hold that has just expired', (on, org) => on.hold(org, 'a', { at: Date.now() - HOUR, ttlMs: HOUR - MINUTE })],
  ['a crossing of just now', (on, org) => on.charge(org, CROSSING_USD, Date.now() - MINUTE)],
  [
    'a crossing that a cooldown collects',
    (on, org) => on.charge(org, CROSSING_USD, Date.now() - HOUR).then(() => on.sender(org, Date.now() + HOUR)),
  ],
  [
    'a crossing that nobody is to hear of any more',
    async (on, org) => {
      await on.charge(org, CROSSING_USD, Date.now() - HOUR);
      await on.ledger.store.putBudget(budgetOf(org, { monthlyMicroUsd: fromUsd(10) }), Date.now());
    },
  ],
  [
    'a hold that was released',
    async (on, org) => {
      await on.hold(org, 'a');
      await perform(on.ledger.store, org, { kind: 'release', key: 'a', at: Date.now(), onBehalfOf: null });
    },
  ],
];
