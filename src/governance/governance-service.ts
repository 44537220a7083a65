import { randomUUID } from 'node:crypto';
import { fingerprintOf } from '../contract/fingerprint';
import { DEFAULT_TTL_MS } from '../contract/payloads/budgeted-work';
import { holdPayload, type HoldPayload } from '../contract/payloads/hold';
import { budgetCheckRequest, commitRequest, costRequest, reservationReference, reservationRequest } from '../contract/schemas/governance';
import { parse } from '../contract/schemas/parse';
import { SetupError } from '../contract/setup-error';
import { fromUsd } from '../domain/money';
import { perform, type BudgetStore } from '../store/budget-store';
import { callOf, noteOf } from './call';
import { checkResult, type BudgetCheckResult } from './check-result';
import { openLedger, type LedgerOptions, type OpenLedger } from './open-ledger';
import type { BudgetCheckRequest, CommitRequest, CostRequest, ReservationReference, ReservationRequest } from './requests';
import { reservationOf, type Reservation } from './reservation';

export interface GovernanceServiceOptions extends LedgerOptions {
  /** Epoch milliseconds; for tests that cross months. Default: this machine's clock. */
  readonly now?: () => number;
}

/**
 * The ledger without a workflow, for an app that calls its agents itself: one for the whole process, `initialize` first, `close`
 * last. Amounts are USD. `checkBudget` only looks, so that what runs at the same time may pass together; a hard cap takes
 * `reserve`, then `commit` or `release`. Workers on the same database send the alerts of what it charges, within half a minute.
 *
 * Every method rejects with a DomainError (its `code` says which) for what cannot be done as asked, and then nothing has changed;
 * with LedgerUnavailable when the ledger does not answer, which is never an "allowed"; with LedgerClosed where a given store was closed;
 * and with SetupError before `initialize`.
 */
export class GovernanceService {
  readonly #options: GovernanceServiceOptions;
  readonly #now: () => number;
  #opening: Promise<void> | null = null;
  #ledger: OpenLedger | null = null;

  /** The ledger is `store`, else `databaseUrl`, else DATABASE_URL, else in this process's memory, with a warning. */
  constructor(options: GovernanceServiceOptions = {}) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Opens the ledger, once; a database's schema is brought up to date. What failed can be tried again. */
  initialize(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Closes the ledger, unless it was given as a store; what was asked before is answered. */
  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    const ledger = this.#ledger;
    this.#ledger = null;
    this.#opening = null;
    await ledger?.close();
  }

  /** The ledger: to put budgets, and to read statuses and entries. */
  get store(): BudgetStore {
    if (this.#ledger !== null) return this.#ledger.store;
    throw new SetupError('GovernanceService has no open ledger: await initialize() first.');
  }

  /** What a `reserve` would be answered now, holds of others counted. Nothing is held. A call that no budget covers is allowed. */
  async checkBudget(request: BudgetCheckRequest): Promise<BudgetCheckResult> {
    const { estimatedCost, ...call } = parse(budgetCheckRequest, 'The budget check', request);
    const check = { kind: 'check' as const, call: callOf(call), estimateMicroUsd: fromUsd(estimatedCost), at: this.#now() };
    return checkResult(await this.store.check(check));
  }

  /**
   * Charges what a call has cost, in every budget that covers it, whatever they leave: it was spent. It counts as an execution.
   * With a key, twice is once (another body is a KeyConflict); without, a cost recorded again after an error may count twice.
   */
  async recordInvocationCost(request: CostRequest): Promise<HoldPayload> {
    const { actualCost, key = randomUUID(), executionSuccess, metadata, ...ids } = parse(costRequest, 'The cost', request);
    const { organizationId } = ids;
    const call = callOf(ids);
    const note = noteOf(executionSuccess, metadata);
    const amountMicroUsd = fromUsd(actualCost);
    const fingerprint = fingerprintOf({ call, amountMicroUsd, note });
    const charge = { kind: 'charge' as const, key, at: this.#now(), call, amountMicroUsd, fingerprint, note };
    return holdPayload(await perform(this.store, organizationId, charge));
  }

  /**
   * Decides a call and, where it is allowed, holds its estimate until `commit` or `release`. The same key and body again gets the
   * same answer; another body is a KeyConflict. A hold that nobody settles ends with its TTL, charged at the estimate and flagged,
   * since its work may have run (unless the organization's policy says 0); a commit or release that comes later corrects that.
   */
  async reserve(request: ReservationRequest): Promise<Reservation> {
    const { estimatedCost, key = randomUUID(), ttlMs = DEFAULT_TTL_MS, ...ids } = parse(reservationRequest, 'The reservation', request);
    const call = callOf(ids);
    const estimateMicroUsd = fromUsd(estimatedCost);
    const answer = await perform(this.store, ids.organizationId, {
      kind: 'reserve',
      key,
      at: this.#now(),
      call,
      estimateMicroUsd,
      ttlMs,
      fingerprint: fingerprintOf({ call, estimateMicroUsd }),
      run: null,
      startsWork: true,
    });
    return reservationOf(answer);
  }

  /** Charges a reservation's actual cost and ends it. Again it is the same charge, with another amount a KeyConflict. Rejects with HoldNotFound, HoldDenied. */
  async commit(request: CommitRequest): Promise<HoldPayload> {
    const { organizationId, key, actualCost, executionSuccess, metadata } = parse(commitRequest, 'The commit', request);
    const outcome = {
      status: executionSuccess === false ? ('failed' as const) : ('succeeded' as const),
      costMicroUsd: actualCost === null ? null : fromUsd(actualCost),
      note: noteOf(executionSuccess, metadata),
    };
    return holdPayload(await perform(this.store, organizationId, { kind: 'commit', key, at: this.#now(), outcome }));
  }

  /** Gives a reservation back whose work did not run: neither its cost nor its execution counts. Rejects with HoldNotFound, HoldCommitted. */
  async release(request: ReservationReference): Promise<HoldPayload> {
    const { organizationId, key } = parse(reservationReference, 'The release', request);
    return holdPayload(await perform(this.store, organizationId, { kind: 'release', key, at: this.#now(), onBehalfOf: null }));
  }

  /** A sign of life: the hold lives on for its TTL from now. False where it has ended. Rejects with HoldNotFound. */
  async extend(request: ReservationReference): Promise<boolean> {
    const { organizationId, key } = parse(reservationReference, 'The extension', request);
    return (await perform(this.store, organizationId, { kind: 'extend', key, at: this.#now() })).status === 'held';
  }

  async #open(): Promise<void> {
    try {
      this.#ledger = await openLedger(this.#options);
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }
}
