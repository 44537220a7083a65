import type { Answered } from '../../chaos/callers';
import type { Call } from '../../chaos/plan';
import type { Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';
import type { Hold } from '../../src/domain/ledger';
import { NOON } from '../store/support';
import { found } from './changed-records';

/** With so many calls more, which were all charged without a question. */
const withCharges = ({ calls, outcomes }: Records, count: number) => {
  const more = Array.from({ length: count }, (_, n) => ({ ...calls[0], number: 100 + n, key: `more-${String(n)}` }) as Call);
  const charged: Answered = { status: 'completed', chargedMicroUsd: null, recordedMicroUsd: null, reason: null, answeredAt: NOON };
  return {
    calls: [...calls, ...more.map((call) => ({ ...call, way: 'direct' as const, use: 'charge' as const }))],
    outcomes: new Map([...outcomes, ...more.map(({ number }) => [number, charged] as const)]),
  };
};

test.each([
  ['in which nothing was denied', 30, 1],
  ['in which no month ended, either', 60, 2],
  ['of some size, in which no day ended, either, and no kind of limit denied anybody', 1_000, 8],
])('a run %s was no test', async (_what, count, answers) => {
  expect(await found((records) => withCharges(records, count))).toEqual({ answers });
});

const CODES = ['monthly_cost', 'daily_cost', 'monthly_executions', 'daily_executions'];

test.each<[string, string[], string[], number]>([
  ['all that it is for', CODES, ['month direct', 'day daily-cost', 'day daily-executions'], 0],
  ['no day of executions', CODES, ['month direct', 'day daily-cost'], 1],
  ['no day of cost', CODES, ['month direct', 'day daily-executions'], 1],
  ['no month', CODES, ['day daily-cost', 'day daily-executions'], 1],
  ['none who was denied for a day’s cost', CODES.toSpliced(1, 1), ['month direct', 'day daily-cost', 'day daily-executions'], 1],
])('a run of some size that saw %s', async (_what, codes, crossed, answers) => {
  const change = (records: Records) => {
    const used = { start: 0, spentMicroUsd: 0, heldMicroUsd: 0, executions: 1 };
    const steps = crossed.flatMap((one): Step[] => {
      const [window = '', budgetId = ''] = one.split(' ');
      const idle = { ...used, executions: 0 };
      const step = { transaction: one, budgetId, what: 'balance' as const, carriedInMicroUsd: 0, month: idle, day: idle };
      // The last one is a row that nobody used.
      return [0, 1].map((start) => ({ ...step, [window]: { ...used, start } })).concat({ ...step, [window]: { ...idle, start: 2 } });
    });
    const denied = codes.map((code) => [
      code,
      { key: code, attempts: [], decision: { status: 'denied', denial: { budgetId: 'steady', code } } },
    ]);
    const holds = new Map([...records.ledger.holds, ...(denied as [string, Hold][])]);
    const { witnessed, ledger, told, outcomes } = records;
    const [first] = told;
    if (first === undefined) throw new Error('Nobody was told');
    const enough = withCharges(records, 1_000);
    // A twentieth of the calls was denied, and told.
    const outcome = { status: 'denied', chargedMicroUsd: 0, recordedMicroUsd: null, reason: null, answeredAt: NOON } as const;
    const more = enough.calls
      .slice(20, 80)
      .map(({ number, ...call }) => ({ ...call, number, way: 'direct' as const, use: 'commit' as const }));
    return {
      calls: [...enough.calls.slice(0, 20), ...more, ...enough.calls.slice(80)],
      outcomes: new Map([...enough.outcomes, ...outcomes, ...more.map(({ number }) => [number, outcome] as const)]),
      witnessed: { ...witnessed, steps: [...witnessed.steps, ...steps] },
      ledger: { ...ledger, holds },
      told: [...told, { ...first, id: 'denials', budgetId: 'steady', crossings: [], denials: 60 }],
    };
  };
  expect(await found(change)).toEqual(answers === 0 ? {} : { answers });
});
