import { randomUUID } from 'node:crypto';
import { fingerprintOf } from '../contract/fingerprint';
import { DEFAULT_TTL_MS } from '../contract/payloads/budgeted-work';
import { reservationRequest } from '../contract/schemas/governance';
import { parse } from '../contract/schemas/parse';
import type { Charge, Commit, Release, Reserve } from '../domain/ledger';
import { fromUsd } from '../domain/money';
import { callOf } from '../governance/call';
import { reservationOf } from '../governance/reservation';
import { perform, type BudgetStore } from '../store/budget-store';
import { LedgerUnavailable } from '../store/ledger-unavailable';
import { openWork, type OpenWork, type Settling } from './guarded-work';
import { storeOf, type GuardOptions } from './options';
import { problemOfDenial, problemOfError, problemOfUsedKey, type Problem } from './problem';
import { createSettlements } from './settlements';

export type Admission =
  { readonly status: 'admitted'; readonly work: OpenWork } | { readonly status: 'refused'; readonly problem: Problem };

/** What the middlewares have in common. */
export interface Guard<Request> {
  /** Reserves for a request. Whoever is admitted ends the work, once; rejects with what the options' functions throw. */
  admit(request: Request): Promise<Admission>;
  /** Resolves when all that has ended is recorded: then the ledger may be closed. */
  idle(): Promise<void>;
}

export function createGuard<Request>(
  options: GuardOptions<Request>,
  idempotencyKeyOf: (request: Request) => string | undefined,
): Guard<Request> {
  const { now = Date.now } = options;
  // Between quotes, says the header's draft standard; most leave them out.
  const keyOf = options.key ?? ((request: Request) => idempotencyKeyOf(request)?.replace(/^"(.*)"$/, '$1'));
  const settlements = createSettlements();

  async function requestOf(request: Request): Promise<{ organizationId: string; reserve: Reserve }> {
    const { estimatedCost: estimate, ttlMs } = options;
    const ids = await options.call(request);
    const estimatedCost = typeof estimate === 'number' ? estimate : await estimate(request);
    const givenKey = keyOf(request);
    const wanted = { ...ids, estimatedCost, ...(ttlMs !== undefined && { ttlMs }), ...(givenKey !== undefined && { key: givenKey }) };
    const checked = parse(reservationRequest, 'The request', wanted);
    const call = callOf(checked);
    const estimateMicroUsd = fromUsd(estimatedCost);
    // Each request is a run of its own, so that two with one key are not both granted.
    const runId = randomUUID();
    const reserve: Reserve = {
      kind: 'reserve',
      key: checked.key ?? randomUUID(),
      at: now(),
      call,
      estimateMicroUsd,
      ttlMs: ttlMs ?? DEFAULT_TTL_MS,
      fingerprint: fingerprintOf({ call, estimateMicroUsd }),
      run: { runId, firstExecutionRunId: runId },
      startsWork: true,
    };
    return { organizationId: call.organizationId, reserve };
  }

  function open(
    store: BudgetStore,
    organizationId: string,
    { key, ttlMs, call, run }: Reserve,
    reservation: ReturnType<typeof reservationOf>,
  ): OpenWork {
    let more = 0;
    const tell = (operation: Commit | Release | Charge) => {
      settlements.add(`${organizationId}/${key}`, () => perform(store, organizationId, operation));
    };
    const settling: Settling = {
      commit: (outcome) => {
        tell({ kind: 'commit', key, at: now(), outcome });
      },
      release: (isUnstarted) => {
        tell({ kind: 'release', key, at: now(), onBehalfOf: isUnstarted ? run : null });
      },
      chargeMore: (amountMicroUsd) => {
        more += 1;
        const ofMore = `${key}/more/${run?.runId ?? ''}/${String(more)}`;
        tell({ kind: 'charge', key: ofMore, at: now(), call, amountMicroUsd, fingerprint: ofMore, isMore: true });
      },
    };
    const work = openWork(reservation, settling, () => {
      clearInterval(signsOfLife);
    });
    const signsOfLife = setInterval(() => {
      // Missing one is harmless: there are two more before the hold ends, and a commit after that is still charged.
      if (work.isGoingOn()) perform(store, organizationId, { kind: 'extend', key, at: now() }).catch(() => undefined);
    }, ttlMs / 3).unref();
    return work;
  }

  async function reserveFor(request: Request): Promise<Admission> {
    const { organizationId, reserve } = await requestOf(request);
    const { key, run } = reserve;
    const store = await storeOf(options);
    try {
      const reservation = reservationOf(await perform(store, organizationId, reserve));
      if (reservation.status === 'denied') return { status: 'refused', problem: problemOfDenial(reservation) };
      if (!reservation.allowed) return { status: 'refused', problem: problemOfUsedKey(key) };
      return { status: 'admitted', work: open(store, organizationId, reserve, reservation) };
    } catch (error) {
      if (error instanceof LedgerUnavailable) {
        // It may have landed all the same, and nobody would settle it.
        const release = { kind: 'release', key, at: reserve.at, onBehalfOf: run } as const;
        settlements.add(`${organizationId}/${key}`, () => perform(store, organizationId, release));
      }
      throw error;
    }
  }

  return {
    admit: async (request) => {
      try {
        return await reserveFor(request);
      } catch (error) {
        const problem = problemOfError(error);
        if (problem === null) throw error;
        return { status: 'refused', problem };
      }
    },
    idle: () => settlements.idle(),
  };
}
