import { MOVING } from '../../chaos/budgets';
import type { Records } from '../../chaos/records';
import type { Step } from '../../chaos/witness';
import { UNLIMITED } from '../../src/domain/budget';
import { microUsd } from '../../src/domain/money';
import { NOON } from '../store/support';
import { answered, chargedOtherwise, found, limitsOf, planned, remembered, withEntries, withHold } from './changed-records';
import { CALLS, COST } from './sound-records';

test('records that agree: nothing is found', async () => {
  expect(await found(() => ({}))).toEqual({});
});

test.each<[string, Record<string, number>, (records: Records) => Partial<Records>]>([
  [
    'an entry that is missing',
    { drift: 2 },
    (records) =>
      withEntries(records, (entries) => {
        const [first] = entries.filter(({ budgetId, kind }) => budgetId === 'everything' && kind === 'charge');
        return entries.filter((entry) => entry !== first);
      }),
  ],
  ['a hold that nobody ended', { leakedHolds: 1 }, (records) => withHold(records, { state: 'held' })],
  [
    'a hold that time ended after its call was answered',
    { leakedHolds: 1 },
    (records) => withHold(records, { state: 'expired', settledAt: NOON + 1 }),
  ],
  ['a charge of which no agent told', { doubleCharges: 1, uncharged: 1, answers: 1 }, ({ agents: [, ...agents] }) => ({ agents })],
  [
    'the same attempt charged by two entries',
    { doubleCharges: 1, drift: 2 },
    (records) =>
      withEntries(records, (entries) => [
        ...entries,
        ...entries.filter(({ budgetId, kind }) => budgetId === 'everything' && kind === 'charge').slice(0, 1),
      ]),
  ],
  ['a charge, and no try', { doubleCharges: 1 }, (records) => remembered(records, { tries: 0 })],
  ['a released hold that is charged', { doubleCharges: 1 }, (records) => withHold(records, { state: 'released' })],
  [
    'charged to two runs',
    { doubleCharges: 1, drift: 1 },
    (records) => {
      const [attempt] = records.ledger.holds.get(records.calls[0]?.key ?? '')?.attempts ?? [];
      const attempts = [attempt, { ...attempt, runId: 'other', chargedMicroUsd: 100_000, isAssumed: true }];
      return { ...withHold(records, { attempts }), ...remembered(records, { tries: 2 }), ...answered(records, { chargedMicroUsd: null }) };
    },
  ],
  [
    'denied, and charged all the same',
    { doubleCharges: 1 },
    (records) => ({
      ...answered(records, { status: 'denied', chargedMicroUsd: 0 }),
      told: records.told.map((one) => ({ ...one, denials: 1 })),
    }),
  ],
  [
    'the same, of which nobody was told',
    { doubleCharges: 1, lostAlerts: 1 },
    (records) => answered(records, { status: 'denied', chargedMicroUsd: 0 }),
  ],
  ['a caller who was told less than is charged', { doubleCharges: 1 }, (records) => answered(records, { chargedMicroUsd: COST - 1 })],
  [
    'a completed call that is free',
    { uncharged: 3, unreported: 1 },
    (records) => ({ ...chargedOtherwise(records, 0), ...answered(records, { chargedMicroUsd: 0 }) }),
  ],
  [
    'a completed call charged at the estimate, though its agent told its cost',
    { uncharged: 1, unreported: 1 },
    (records) => ({
      ...chargedOtherwise(records, 100_000, { isAssumed: true }),
      ...answered(records, { chargedMicroUsd: 100_000, recordedMicroUsd: null }),
      ...remembered(records, { costs: [{ amountMicroUsd: 100_000, of: 'assumed' }] }),
    }),
  ],
  [
    'a failing agent whose cost was dropped',
    { uncharged: 2, unreported: 1 },
    (records) => ({
      ...planned(records, { behaviour: 'spendThenFail' }),
      ...chargedOtherwise(records, 0),
      ...answered(records, { status: 'failed', chargedMicroUsd: 0, recordedMicroUsd: null }),
      ...remembered(records, { costs: [{ amountMicroUsd: 0, of: 'failure' }] }),
    }),
  ],
  [
    'a lie that was taken for a credit',
    { doubleCharges: 1, uncharged: 2 },
    (records) => ({
      ...planned(records, { behaviour: 'lie', lie: '-5' }),
      ...chargedOtherwise(records, -5),
      agents: records.agents.map((agent) => (agent.call === 0 ? { ...agent, toldMicroUsd: null } : agent)),
      ...answered(records, { chargedMicroUsd: -5, recordedMicroUsd: null }),
      ...remembered(records, { costs: [{ amountMicroUsd: -5, of: 'answer' }] }),
    }),
  ],
  [
    'a cost that a history has, and the ledger has not',
    { uncharged: 1 },
    (records) => remembered(records, { costs: [{ amountMicroUsd: 4_711, of: 'failure' }] }),
  ],
  [
    'a caller who was told of a charge that the ledger has not',
    { uncharged: 1 },
    (records) => answered(records, { chargedMicroUsd: 99_999 }),
  ],
  [
    'what an agent spent, and nobody was charged for',
    { uncharged: 2, unreported: 1 },
    ({ agents }) => ({ agents: [...agents, { call: 0, spentMicroUsd: 25_000, toldMicroUsd: 25_000 }] }),
  ],
  [
    'an estimate for which nothing was to blame',
    { uncharged: 1, unreported: 1 },
    (records) => ({
      ...chargedOtherwise(records, 100_000, { isAssumed: true }),
      ...answered(records, { chargedMicroUsd: 100_000, recordedMicroUsd: null }),
      ...remembered(records, { costs: [] }),
      hasFaults: false,
    }),
  ],
  [
    'a grant above the limit',
    { overspend: 1 },
    (records) => limitsOf(records, { monthlyMicroUsd: microUsd(COST * CALLS + 60_000) }, 'limits'),
  ],
  [
    'a grant after the limit was lowered',
    { overspend: 10 },
    (records) => limitsOf(records, { monthlyMicroUsd: microUsd(1) }, `commit ${records.calls[9]?.key ?? ''}`),
  ],
  [
    'more executions than a limit allows',
    { overspend: 5 },
    (records) => limitsOf(records, { monthlyExecutions: CALLS - 5 }, `commit ${records.calls[CALLS - 6]?.key ?? ''}`),
  ],
  [
    'more in a day than a limit allows',
    { overspend: 10 },
    (records) => limitsOf(records, { dailyMicroUsd: microUsd(1) }, `commit ${records.calls[9]?.key ?? ''}`),
  ],
  ['a limit that was answered and never set', { overspend: 1 }, () => ({ landed: [4_711] })],
  ['an alert that nobody took', { lostAlerts: 1 }, ({ told }) => ({ told: told.map((one) => ({ ...one, wasTaken: false })) })],
  [
    'a crossing told under two ids',
    { repeatedAlerts: 1 },
    ({ told }) => ({ told: [...told, ...told.map((one) => ({ ...one, id: 'other' }))] }),
  ],
  ['a run that has not ended', { stuck: 1 }, (records) => remembered(records, { isOpen: true })],
  ['a call that was never answered', { stuck: 1 }, ({ outcomes }) => ({ outcomes: new Map([...outcomes].slice(1)) })],
  ['a willing agent whose call failed', { answers: 1 }, (records) => answered(records, { status: 'failed', reason: 'AgentUnavailable' })],
  ['a call that nobody cancelled', { answers: 1 }, (records) => answered(records, { status: 'cancelled' })],
  ['a completed call of an agent that always fails', { answers: 1 }, (records) => planned(records, { behaviour: 'fail' })],
])('%s', async (_, expected, change) => {
  expect(await found(change)).toEqual(expected);
});

test('an estimate that was assumed for a killed try, and what its agent had told nobody: no fault of ours', async () => {
  const change = (records: Records) => ({
    ...chargedOtherwise(records, 100_000, { isAssumed: true }),
    ...answered(records, { status: 'failed', reason: 'TimeoutFailure', chargedMicroUsd: 100_000, recordedMicroUsd: null }),
    ...remembered(records, { costs: [] }),
  });
  expect(await found(change)).toEqual({ unreported: 1 });
});

test('the moving budget is judged by what it was set to', async () => {
  const change = (records: Records) => {
    const { steps, transactions } = records.witnessed;
    const step: Step = {
      transaction: 'changed',
      budgetId: MOVING,
      what: 'limit',
      limits: { ...UNLIMITED, monthlyMicroUsd: microUsd(4_711) },
    };
    return { landed: [4_711], witnessed: { steps: [...steps, step], transactions } };
  };
  expect(await found(change)).toEqual({});
});

test('a delivery that is repeated keeps its id, and is no other alert', async () => {
  expect(await found(({ told }) => ({ told: [...told, ...told] }))).toEqual({});
});
