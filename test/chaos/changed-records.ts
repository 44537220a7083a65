import type { Answered } from '../../chaos/callers';
import { EVERYTHING } from '../../chaos/budgets';
import { compare } from '../../chaos/compare';
import type { History } from '../../chaos/history';
import type { Call } from '../../chaos/plan';
import type { Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';
import { UNLIMITED, type Limits } from '../../src/domain/budget';
import { microUsd } from '../../src/domain/money';
import type { Attempt, StoredEntry } from '../../src/domain/ledger';
import { COST, sound } from './sound-records';

/** What is found in sound records that are changed, by figure. */
export const found = async (change: (records: Records) => Partial<Records>) => {
  const records = await sound();
  const { findings, ...verdict } = compare({ ...records, ...change(records) });
  const answers = findings.filter((finding) => finding.startsWith('answers: ')).length;
  const figures = Object.entries({ ...verdict, answers }).filter(([, count]) => count > 0);
  return Object.fromEntries(figures) as Record<string, number>;
};

export const withEntries = ({ ledger }: Records, change: (entries: readonly StoredEntry[]) => readonly StoredEntry[]) => ({
  ledger: { ...ledger, entries: change(ledger.entries) },
});

export const withHold = ({ ledger, calls: [first] }: Records, change: object) => {
  const hold = ledger.holds.get(first?.key ?? '');
  const holds = new Map(ledger.holds);
  if (hold !== undefined) holds.set(hold.key, { ...hold, ...change });
  return { ledger: { ...ledger, holds } };
};

/** The first call, charged so much and no longer what its agent told; entries and balances agree. */
export const chargedOtherwise = (records: Records, charged: number, change: Partial<Attempt> = {}) => {
  const key = records.calls[0]?.key ?? '';
  const attempts = (records.ledger.holds.get(key)?.attempts ?? []).map((attempt) => {
    return { ...attempt, chargedMicroUsd: microUsd(charged), ...change };
  });
  const { ledger: withHolds } = withHold(records, { attempts });
  const by = charged - COST;
  const entries = withHolds.entries.map((entry) =>
    entry.key === key && entry.kind === 'charge'
      ? { ...entry, spentMicroUsd: (entry.spentMicroUsd + by) as StoredEntry['spentMicroUsd'] }
      : entry,
  );
  const charges = entries.filter((entry) => entry.key === key && entry.kind === 'charge').map(({ budgetId }) => budgetId);
  const balances = withHolds.balances.map((balance) => {
    const spentMicroUsd = (balance.month.spentMicroUsd + by) as StoredEntry['spentMicroUsd'];
    return charges.includes(balance.budgetId) ? { ...balance, month: { ...balance.month, spentMicroUsd } } : balance;
  });
  return { ledger: { ...withHolds, entries, balances } };
};

export const answered = ({ outcomes }: Records, change: Partial<Answered>) => {
  const first = outcomes.get(0);
  return { outcomes: first === undefined ? outcomes : new Map(outcomes).set(0, { ...first, ...change }) };
};

export const planned = ({ calls }: Records, change: object) => ({
  calls: calls.map((call): Call => (call.number === 0 ? { ...call, ...change } : call)),
});

export const remembered = ({ histories, calls: [first] }: Records, change: Partial<History>) => {
  const history = { isOpen: false, tries: 1, costs: [], ...histories.get(first?.key ?? ''), ...change };
  return { histories: new Map(histories).set(first?.key ?? '', history) };
};

/** Everything's limits are these alone, once a transaction has ended. */
export const limitsOf = (records: Records, limits: Partial<Limits>, after: string) => {
  const { steps, transactions } = records.witnessed;
  const place = steps.findLastIndex(({ transaction }) => transaction === after) + 1;
  const step: Step = { transaction: 'changed', budgetId: EVERYTHING, what: 'limit', limits: { ...UNLIMITED, ...limits } };
  return { witnessed: { steps: [...steps.slice(0, place), step, ...steps.slice(place)], transactions } };
};
