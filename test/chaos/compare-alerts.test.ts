import { alertsIn } from '../../chaos/compare-alerts';
import type { Told } from '../../chaos/receiver';
import type { Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';
import type { Budget } from '../../src/domain/budget';

const [MONTH, DAY] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 9)];
const limits = { monthlyMicroUsd: 400, dailyMicroUsd: 200, monthlyExecutions: 20, dailyExecutions: 8 };
const budgets = [{ budgetId: 'b', mode: 'hard', limits } as unknown as Budget];

/** What a month or a day came to. */
const step = (month: { spent?: number; executions?: number }, day: { spent?: number; executions?: number } = {}, carried = 0): Step => {
  const usage = (start: number, { spent = 0, executions = 0 }) => ({ start, spentMicroUsd: spent, heldMicroUsd: 999, executions });
  return { transaction: '1', budgetId: 'b', what: 'balance', carriedInMicroUsd: carried, month: usage(MONTH, month), day: usage(DAY, day) };
};

const message = (more: Partial<Told>): Told => ({
  organizationId: 'main',
  budgetId: 'b',
  id: '1',
  crossings: [],
  denials: 0,
  wasTaken: true,
  ...more,
});
const crossing = (window: 'month' | 'day', kind: 'cost' | 'executions', threshold: number): Told => {
  const start = new Date(window === 'month' ? MONTH : DAY).toISOString();
  return message({ id: `${window} ${kind} ${String(threshold)}`, crossings: [{ window, kind, window_start: start, threshold }] });
};

function judge(steps: readonly Step[], told: readonly Told[], more: Partial<Records> = {}) {
  const ledger = { holds: new Map() };
  const records = { budgets, ledger, outcomes: new Map(), witnessed: { steps, transactions: new Map() }, told, ...more };
  const { lostAlerts, repeatedAlerts } = alertsIn(records as unknown as Records);
  return [lostAlerts.length, repeatedAlerts.length];
}

test.each<[string, Step, Told[]]>([
  ['a month’s cost', step({ spent: 300 }), [crossing('month', 'cost', 0.5), crossing('month', 'cost', 0.75)]],
  ['a month’s cost, of what was carried in as well', step({ spent: 300 }, {}, 200), [crossing('month', 'cost', 0.5)]],
  ['a day’s cost', step({}, { spent: 150 }), [crossing('day', 'cost', 0.5), crossing('day', 'cost', 0.75)]],
  ['a month’s executions', step({ executions: 18 }), [0.5, 0.75, 0.9].map((share) => crossing('month', 'executions', share))],
  ['a day’s executions', step({}, { executions: 4 }), [crossing('day', 'executions', 0.5)]],
])('%s: each threshold that it came to must be told, though it is forgotten by the next day', (_what, reached, told) => {
  const forgotten = step({});
  expect(judge([reached, forgotten], told)).toEqual([0, 0]);
  told.forEach((_one, index) => {
    expect(judge([reached, forgotten], told.toSpliced(index, 1))).toEqual([1, 0]);
  });
  expect(judge([reached], [...told, ...told.map((one) => ({ ...one, id: `again ${one.id}` }))])).toEqual([0, told.length]);
});

test('what stays below a threshold, and what is held, is told to nobody', () => {
  expect(judge([step({ spent: 199, executions: 9 }, { spent: 99, executions: 3 })], [])).toEqual([0, 0]);
});

describe('denials', () => {
  const denied = (count: number, budgetId: string) =>
    Array.from(
      { length: count },
      (_, n) => [`${budgetId} ${String(n)}`, { decision: { status: 'denied', denial: { budgetId } } }] as const,
    );
  const ledger = { holds: new Map([...denied(3, 'b'), ...denied(2, 'c')]) } as unknown as Records['ledger'];
  const ofC = message({ id: 'c', budgetId: 'c', denials: 2 });

  test.each<[string, number, Told[]]>([
    ['all are told', 0, [message({ denials: 2 }), message({ id: '2', denials: 1 }), ofC]],
    ['one is told again', 0, [message({ denials: 4 }), ofC]],
    ['a delivery is repeated, and tells of none more', 1, [message({ denials: 2 }), message({ denials: 2 }), ofC]],
    ['nobody took the message', 3, [message({ denials: 3, wasTaken: false }), ofC]],
    ['more of another budget make up for none', 2, [message({ denials: 3 }), message({ id: 'c', budgetId: 'b', denials: 2 })]],
  ])('%s', (_what, lost, told) => {
    expect(judge([], told, { ledger })).toEqual([lost, 0]);
  });

  test('of what callers learned, all are told, whatever the ledger has of them', () => {
    const outcomes = new Map([1, 2].map((number) => [number, { status: 'denied' }])) as unknown as Records['outcomes'];
    expect(judge([], [message({ denials: 2 })], { outcomes })).toEqual([0, 0]);
    expect(judge([], [message({ denials: 1 })], { outcomes })).toEqual([1, 0]);
  });
});
