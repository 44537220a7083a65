import { metricMeter } from '@temporalio/activity';
import type { LedgerCounters } from '../src/store/counted-store';
import { LedgerUnavailable } from '../src/store/ledger-unavailable';

function countDecision(outcome: 'granted' | 'denied' | 'unavailable'): void {
  metricMeter.createCounter('agent_budget_decisions', undefined, 'Calls that were let in, denied, or not decided').add(1, { outcome });
}

/** By the SDK's meter, as alerts are counted. Money is a histogram, whose sum is USD: the SDK's counters take whole numbers alone. */
export const budgetMetrics: LedgerCounters = {
  decided: countDecision,
  charged: (usd) => {
    metricMeter.createHistogram('agent_budget_charged_usd', 'float', undefined, 'Charges, in USD').record(usd);
  },
};

/** Counts a decision that is not made because the ledger cannot be reached. */
export async function countingOutages<Result>(decide: () => Promise<Result>): Promise<Result> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof LedgerUnavailable) countDecision('unavailable');
    throw error;
  }
}
