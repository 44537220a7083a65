import { createMemoryStore } from '../../src/store/memory/memory-store';
import { startAlertingTime, type AlertingTime } from '../support/alerting-time';

let time: AlertingTime;
beforeAll(async () => {
  time = await startAlertingTime(createMemoryStore());
});
afterAll(() => time.stop());

const COLLECTED_TWICE = [
  '0 webhook 0.5 single',
  '0 email 0.5 single',
  '15 webhook 0.75 0.9 digest',
  '15 email 0.75 0.9 digest',
  '30 webhook 1 digest',
  '30 email 1 digest',
];

// Charges of .5, .25, .15 and .1 of the limit at these minutes; a cooldown of 15.
test.each([
  {
    apart: '1 minute',
    minutes: [0, 1, 2, 3],
    sends: ['0 webhook 0.5 single', '0 email 0.5 single', '15 webhook 0.75 0.9 1 digest', '15 email 0.75 0.9 1 digest'],
  },
  {
    apart: '5 minutes',
    minutes: [0, 5, 10, 17],
    sends: COLLECTED_TWICE,
  },
  {
    apart: '20 minutes',
    minutes: [0, 20, 40, 60],
    sends: [
      '0 webhook 0.5 single',
      '0 email 0.5 single',
      '20 webhook 0.75 single',
      '20 email 0.75 single',
      '40 webhook 0.9 single',
      '40 email 0.9 single',
      '60 webhook 1 single',
      '60 email 1 single',
    ],
  },
  {
    apart: '1, 5 and 20 minutes',
    minutes: [0, 1, 6, 26],
    sends: COLLECTED_TWICE,
  },
])('crossings $apart apart, with a cooldown of 15 minutes', async ({ minutes, sends }) => {
  const budget = await time.startBudget();
  for (const [index, costUsd] of [50, 25, 15, 10].entries()) await budget.chargeAt(minutes[index] ?? 0, costUsd);
  await budget.until(90);
  expect(await budget.sends()).toEqual(sends);
  const bodies = budget
    .webhooks()
    .map(({ body }) => `${body.crossings.map(({ threshold }) => threshold).join(' ')} ${String(body.digest)}`);
  expect(bodies).toEqual(
    sends
      .filter((line) => line.includes('webhook'))
      .map((line) =>
        line
          .slice(line.indexOf('webhook') + 8)
          .replace('single', 'false')
          .replace('digest', 'true'),
      ),
  );
  expect(budget.emails()).toHaveLength(budget.webhooks().length);
});

test('without a cooldown each crossing is sent at once', async () => {
  const budget = await time.startBudget({ cooldownMinutes: 0, emailRecipients: [] });
  for (const [index, costUsd] of [50, 25, 15, 10].entries()) await budget.chargeAt(index, costUsd);
  expect(await budget.sends()).toEqual(['0 webhook 0.5 single', '1 webhook 0.75 single', '2 webhook 0.9 single', '3 webhook 1 single']);
});

test('the next month alerts again', async () => {
  const budget = await time.startBudget({ emailRecipients: [] });
  await budget.chargeAt(0, 60);
  await time.sleepUntil(Date.UTC(new Date(budget.begin).getUTCFullYear(), new Date(budget.begin).getUTCMonth() + 1, 1, 12));
  await budget.chargeAt(budget.minuteOf(await time.now()), 60);
  const [first, second, ...more] = budget.webhooks().map(({ body }) => body);
  expect(more).toEqual([]);
  expect([first?.crossings, second?.crossings]).toMatchObject([[{ threshold: 0.5 }], [{ threshold: 0.5 }]]);
  expect(first?.['period']).not.toEqual(second?.['period']);
});
