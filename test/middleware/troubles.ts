import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { BudgetStore } from '../../src/store/budget-store';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { eventually } from '../support/eventually';

/** A client that sends a request and leaves: when `hasBegun`, or after the first part of the answer. */
export async function goAway(
  url: string,
  isAfterFirstPart: boolean,
  hasBegun: () => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const request = httpRequest(url, { method: 'POST', headers });
  request.on('error', () => undefined);
  const answered = once(request, 'response');
  request.end();
  if (isAfterFirstPart) await once((await answered)[0] as NodeJS.ReadableStream, 'data');
  else await eventually(() => Promise.resolve(hasBegun()), Boolean);
  answered.catch(() => undefined);
  request.destroy();
}

/** A ledger that can go away; where its answer is lost, it has done what it was asked. */
export function outage(store: BudgetStore, { isAnswerLost = false } = {}) {
  let isAway = false;
  const applyBatch: BudgetStore['applyBatch'] = async (...args) => {
    if (!isAway) return store.applyBatch(...args);
    if (isAnswerLost) await store.applyBatch(...args);
    throw new LedgerUnavailable('away');
  };
  return {
    store: { ...store, applyBatch },
    begin: () => {
      isAway = true;
    },
    end: () => {
      isAway = false;
    },
  };
}

/** A ledger that takes its time; `onAsk` hears when it is asked. */
export function slow(store: BudgetStore, onAsk: () => void): BudgetStore {
  return {
    ...store,
    applyBatch: async (...args) => {
      onAsk();
      await pause(300);
      return store.applyBatch(...args);
    },
  };
}
