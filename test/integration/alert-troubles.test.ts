import { alertWorkflowId } from '../../src/contract/names/workflows';
import type { BudgetStore } from '../../src/store/budget-store';
import { LedgerUnavailable } from '../../src/store/ledger-unavailable';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { startAlertingTime, type AlertingTime } from '../support/alerting-time';
import { status } from '../support/alerting';
import { eventually } from '../support/eventually';
import { TIME_QUEUE } from '../support/time-skipping';

const HOUR = 60 * 60_000;
const store = createMemoryStore();
let failingMarks = 0;
let isAway = false;
/** A ledger that is sometimes away: when somebody claims, or writes down what was sent. */
const troubled: BudgetStore = {
  ...store,
  claimAlert: (claim) => (isAway ? Promise.reject(new LedgerUnavailable('test')) : store.claimAlert(claim)),
  putDelivery: (...delivery) => {
    failingMarks -= 1;
    return failingMarks >= 0 ? Promise.reject(new LedgerUnavailable('test')) : store.putDelivery(...delivery);
  },
};
let time: AlertingTime;
beforeAll(async () => {
  time = await startAlertingTime(troubled);
});
beforeEach(() => {
  isAway = false;
  failingMarks = 0;
});
afterAll(() => time.stop());

test('a receiver answers 500 for an hour, then 200: each message arrives once, in order, and no email waits for it', async () => {
  const budget = await time.startBudget();
  budget.answer(status(500));
  await budget.chargeAt(0, 50);
  await budget.chargeAt(20, 25);
  await budget.chargeAt(40, 15);
  await budget.until(60);
  expect(await budget.sends()).toEqual(['0 email 0.5 single', '20 email 0.75 single', '40 email 0.9 single']);
  const failed = budget.webhooks().length;
  expect(new Set(budget.webhooks().map(({ id }) => id)).size).toBe(1);
  budget.answer(status(200));
  await budget.until(75);
  const arrived = budget.webhooks().slice(failed);
  expect(arrived.map(({ body }) => body.threshold)).toEqual([0.5, 0.75, 0.9]);
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(3);
  const [first] = await budget.alerts();
  const delivery = first?.deliveries.find(({ channel }) => channel === 'webhook');
  expect(delivery).toMatchObject({ state: 'sent', attempts: failed + 1, note: null });
  expect(delivery?.lastAttempts.map(({ answer }) => answer).slice(-2)).toEqual([expect.stringContaining('status 500'), 'Delivered']);
});

test('a receiver that never recovers is given up after a day', async () => {
  const budget = await time.startBudget({ emailRecipients: [] });
  budget.answer(status(503));
  await budget.chargeAt(0, 50);
  await budget.until(25 * 60);
  const [alert] = await budget.alerts();
  expect(alert?.deliveries).toMatchObject([{ state: 'failed', note: expect.stringMatching(/^Given up: .*status 503/) as string }]);
  expect(alert?.deliveries[0]?.lastAttempts).toHaveLength(20);
  // The next pause would have reached past the day's end.
  expect(budget.minuteOf(alert?.deliveries[0]?.updatedAt ?? 0)).toBeGreaterThanOrEqual(24 * 60 - 5);
});

test('a receiver that hangs is timed out and tried again; what it asks for by Retry-After is kept', async () => {
  const budget = await time.startBudget({ emailRecipients: [] });
  budget.answer(() => undefined);
  await budget.chargeAt(0, 50);
  await eventually(
    () => budget.alerts(),
    ([alert]) => alert?.deliveries[0]?.attempts === 1,
  );
  budget.answer(status(429, { 'retry-after': '1800' }));
  await budget.until(5);
  budget.answer(status(200));
  await budget.until(29);
  expect(await budget.sends()).toEqual([]);
  await budget.until(31);
  const [alert] = await budget.alerts();
  expect(alert?.deliveries[0]?.lastAttempts.map(({ answer }) => answer)).toEqual([
    expect.stringContaining('did not answer within 300 ms'),
    expect.stringContaining('status 429'),
    'Delivered',
  ]);
});

test('the mail server is down for an hour, then up: the email arrives once', async () => {
  const budget = await time.startBudget();
  await time.receivers.stopMail();
  await budget.chargeAt(0, 50);
  await budget.until(60);
  expect(await budget.sends()).toEqual(['0 webhook 0.5 single']);
  await time.receivers.startMail();
  await budget.until(70);
  expect(budget.emails()).toHaveLength(1);
  expect((await budget.sends()).map((line) => line.replace(/^\d+/, ''))).toEqual([' webhook 0.5 single', ' email 0.5 single']);
});

test('a recipient who is refused for good keeps it from nobody; one who is put off gets it later, alone', async () => {
  const recipients = ['no-one@example.com', 'ada@example.com', 'greylisted-bob@example.com'];
  const budget = await time.startBudget({ webhookUrl: null, emailRecipients: recipients });
  await budget.chargeAt(0, 50);
  await eventually(budget.alerts, ([alert]) => alert?.deliveries[0]?.attempts === 1);
  expect((await budget.alerts())[0]?.deliveries).toMatchObject([{ state: 'pending', remaining: ['greylisted-bob@example.com'] }]);
  await budget.until(10);
  const emails = time.receivers.mail.received.filter(({ mail }) => mail.text?.includes(budget.organizationId));
  expect(emails.map((email) => email.recipients)).toEqual([['ada@example.com'], ['greylisted-bob@example.com']]);
  expect(new Set(emails.map(({ mail }) => mail.messageId)).size).toBe(1);
  expect((await budget.alerts())[0]?.deliveries).toMatchObject([
    { state: 'sent', remaining: null, attempts: 2, refused: [expect.stringContaining('no-one@example.com (550')] },
  ]);
});

test('a channel that is dead holds up no other, however much there is to tell', async () => {
  const budget = await time.startBudget({ alertOncePerThreshold: false, cooldownMinutes: 0, thresholds: [0.01] });
  budget.answer(status(500));
  for (let message = 1; message <= 110; message += 1) {
    await budget.charge(message === 1 ? 2 : 0.1, await time.now());
    await budget.poke();
    // A run that hands over waits, on this server, until the attempts that it ends would have been repeated.
    while (budget.emails().length < Math.min(message, 100)) await time.sleep(30_000);
  }
  await time.sleep(HOUR / 2);
  // From the hundredth on they are collected, and still told.
  expect(budget.emails().length).toBeGreaterThan(100);
  const told = (await budget.alerts()).flatMap(({ message }) => message.crossings);
  expect(told).toHaveLength(110);
});

test('an outage before a claim shortens no cooldown', async () => {
  const budget = await time.startBudget({ emailRecipients: [] });
  isAway = true;
  await budget.charge(50, await time.now());
  await budget.poke();
  await budget.until(60);
  isAway = false;
  await budget.until(62);
  expect(await budget.sends()).toHaveLength(1);
  await budget.chargeAt(63, 25);
  await budget.until(90);
  const [, second] = await budget.sends();
  expect(second).toMatch(/ digest$/);
});

test('the ledger is away when a message has arrived: it is not sent again', async () => {
  const budget = await time.startBudget();
  failingMarks = 4;
  await budget.chargeAt(0, 50);
  await budget.until(10);
  expect(await budget.sends()).toHaveLength(2);
  expect([budget.webhooks().length, budget.emails().length]).toEqual([1, 1]);
});

test('two deployments on one ledger: one of them tells, the other one only when that is gone', async () => {
  const other = await startAlertingTime(store, time.receivers);
  try {
    const budget = await time.startBudget({ cooldownMinutes: 0 });
    budget.answer(status(500));
    await budget.chargeAt(0, 50);
    await createAlertPokes(other.client, TIME_QUEUE)(budget.organizationId, 'monthly');
    await budget.until(60);
    budget.answer(status(200));
    await createAlertPokes(other.client, TIME_QUEUE)(budget.organizationId, 'monthly');
    await other.sleepUntil(await time.now());
    await budget.until(70);
    expect(await budget.alerts()).toMatchObject([{ deliveries: [{ state: 'sent' }, { state: 'sent' }] }]);
    expect(new Set(budget.webhooks().map(({ id }) => id)).size).toBe(1);
    const [alert] = await budget.alerts();
    expect(budget.webhooks()).toHaveLength(alert?.deliveries.find(({ channel }) => channel === 'webhook')?.attempts ?? 0);
    expect(budget.emails()).toHaveLength(1);
  } finally {
    await other.stop();
  }
});

test('what a crash left unsent is picked up by maintenance', async () => {
  const budget = await time.startBudget({ emailRecipients: [] });
  await budget.charge(50, await time.now());
  const { workflowId } = await time.client.workflow.start('maintenance', { workflowId: 'maintenance', taskQueue: TIME_QUEUE });
  await time.sleep(HOUR);
  expect(await budget.sends()).toHaveLength(1);
  await time.client.workflow.getHandle(workflowId).terminate();
});

test('a long run hands over to the next in the middle of a queue: nothing is lost, repeated or out of order', async () => {
  const budget = await time.startBudget({ alertOncePerThreshold: false, cooldownMinutes: 0, thresholds: [0.01] });
  budget.answer(status(500));
  await budget.chargeAt(0, 1);
  const workflow = time.client.workflow.getHandle(alertWorkflowId(budget.organizationId, 'monthly', TIME_QUEUE));
  const { runId } = await workflow.describe();
  const messages = 40;
  for (let message = 2; message <= messages; message += 1) {
    await budget.charge(1, await time.now());
    await budget.poke();
    // This server ends an attempt that is to be repeated only when its time has come.
    while ((await budget.alerts()).length < message) await time.sleep(30_000);
  }
  expect((await workflow.describe()).runId).not.toBe(runId);
  budget.answer(status(200));
  await time.sleep(HOUR);

  const alerts = await budget.alerts();
  const ids = alerts.map(({ message }) => message.id);
  expect(ids).toHaveLength(messages);
  for (const { deliveries } of alerts) expect(deliveries).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
  const taken = budget.webhooks().filter(({ id }, index, all) => all.findLastIndex((other) => other.id === id) === index);
  expect(taken.map(({ id }) => id)).toEqual(ids);
  expect(budget.emails()).toHaveLength(messages);
  expect(new Set(budget.emails().map(({ messageId }) => messageId)).size).toBe(messages);
});
