import { alertWorkflowId } from '../../src/contract/names/workflows';
import { randomUUID } from 'node:crypto';
import { createAlertClient, type AlertClient } from '../../src/client';
import { createOutbound } from '../../src/outbound/outbound';
import { alertingBudget, startReceivers, status, type Receivers } from '../support/alerting';
import { createDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

let harness: Harness;
let receivers: Receivers;
let alerts: AlertClient;
const outbound = createOutbound({ allowPrivateTargets: true });
/** Slack and Teams are known by their hosts; here, they are the receiver. */
const diverted: typeof outbound.fetch = (url, init) => {
  if (typeof url !== 'string') throw new TypeError('The notifier sends to texts');
  return outbound.fetch(url.replace(/^https:\/\/[^/]+/, receivers.http.url), init);
};

beforeAll(async () => {
  receivers = await startReceivers();
  const databaseUrl = await createDatabase(setting('TEST_DATABASE_URL'));
  harness = await startHarness({}, { databaseUrl, smtpUrl: receivers.mail.url, outbound: { ...outbound, fetch: diverted } });
  alerts = createAlertClient(harness.temporal, harness);
});
afterAll(async () => {
  await harness.stop();
  await receivers.close();
});

async function budgetWith(more: Parameters<typeof alertingBudget>[2] = {}) {
  const budget = await alertingBudget(harness.store, receivers, more);
  const { temporal, taskQueue } = harness;
  const { organizationId } = budget;
  return {
    ...budget,
    name: { organizationId, budgetId: 'monthly' },
    /** Spends in a workflow of its own. */
    spend: (costUsd: number) =>
      temporal.workflow.execute('budgetedWork', {
        workflowId: randomUUID(),
        taskQueue,
        args: [{ organizationId, agentId: 'agent-001', estimatedCostUsd: costUsd }, costUsd],
      }),
    /** How the first message fares, once it fares as wanted. */
    delivered: async (channel: string, state: string) => {
      const deliveryOf = async () => (await budget.alerts())[0]?.deliveries.find((delivery) => delivery.channel === channel);
      return eventually(deliveryOf, (delivery) => delivery?.state === state);
    },
    state: () =>
      temporal.workflow.getHandle(alertWorkflowId(organizationId, 'monthly', harness.taskQueue)).query<Record<string, unknown>>('state'),
  };
}

const posts = (path: string) => receivers.http.received.filter(({ url }) => url === path).map(({ body }) => body);

describe('one commit from 40 % to 95 % sends one message that names .50 .75 .90, once', () => {
  test('by webhook and by email', async () => {
    const budget = await budgetWith();
    await budget.spend(40);
    await budget.spend(55);
    await budget.delivered('webhook', 'sent');
    await budget.delivered('email', 'sent');
    await budget.spend(1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [webhook, ...otherWebhooks] = budget.webhooks();
    expect(webhook?.body).toMatchObject({
      event: 'budget.warning',
      external_agent_id: 'agent-001',
      organization_id: budget.organizationId,
      threshold: 0.9,
      current_usage_percentage: 0.95,
      monthly_spent_usd: 95,
      monthly_budget_usd: 100,
      remaining_budget_usd: 5,
      crossings: [{ threshold: 0.5 }, { threshold: 0.75 }, { threshold: 0.9 }],
      digest: false,
    });
    const [email, ...otherEmails] = budget.emails();
    expect(email?.subject).toMatch(/monthly has reached 90% of its monthly limit/);
    for (const threshold of ['50%', '75%', '90%']) expect(email?.text).toContain(threshold);
    expect([otherWebhooks, otherEmails]).toEqual([[], []]);
    expect(await budget.state()).toMatchObject({ phase: 'cooling', messages: 1, inFlight: [] });
  });

  test.each([
    ['slack', 'https://hooks.slack.com/services'],
    ['teams', 'https://prod-1.westeurope.logic.azure.com/workflows'],
  ])('by %s', async (channel, address) => {
    const path = `/${address.split('/').slice(3).join('/')}/${randomUUID()}`;
    const budget = await budgetWith({ webhookUrl: `${new URL(address).origin}${path}` });
    if (channel === 'slack') receivers.answers.set(path.slice(1), (response) => response.end('ok'));
    await budget.spend(40);
    await budget.spend(55);
    await budget.delivered(channel, 'sent');
    await budget.delivered('email', 'sent');
    expect(posts(path)).toHaveLength(1);
    for (const threshold of ['50%', '75%', '90%']) expect(posts(path)[0]).toContain(threshold);
    expect(budget.emails()).toHaveLength(1);
  });
});

test('a redirect, also to a private address, is refused for good; mended, the message can be sent again', async () => {
  const budget = await budgetWith();
  budget.answer(status(302, { location: 'http://169.254.169.254/latest/meta-data' }));
  await budget.spend(60);
  expect(await budget.delivered('webhook', 'failed')).toMatchObject({
    attempts: 1,
    note: expect.stringContaining('redirects to') as string,
  });
  await budget.delivered('email', 'sent');
  const [alert] = await budget.alerts();
  const failed = { ...budget.name, alertId: alert?.alertId ?? 0, channel: 'webhook' as const };
  budget.answer(status(204));
  expect(await alerts.sendAgain(failed)).toBe(true);
  expect(await budget.delivered('webhook', 'sent')).toMatchObject({
    attempts: 2,
    lastAttempts: [{ attempt: 1 }, { attempt: 2, answer: 'Delivered' }],
  });
  expect(await alerts.sendAgain(failed)).toBe(false);
  expect(await alerts.sendAgain({ ...failed, channel: 'email' })).toBe(false);
  expect(await alerts.sendAgain({ ...failed, organizationId: 'another' })).toBe(false);
  await expect(alerts.sendAgain({ ...failed, alertId: Number.NaN })).rejects.toMatchObject({ code: 'InvalidRequest' });
  expect(new Set(budget.webhooks().map(({ id }) => id)).size).toBe(1);
  expect(budget.emails()).toHaveLength(1);
});

test('a receiver that is gone (410) is disabled: later messages leave it out', async () => {
  const budget = await budgetWith({ cooldownMinutes: 0 });
  budget.answer(status(410));
  await budget.spend(60);
  await budget.delivered('webhook', 'disabled');
  await budget.spend(20);
  await eventually(
    () => budget.alerts(),
    (all) => all.length === 2 && all.every(({ deliveries }) => deliveries.every(({ state }) => state !== 'pending')),
  );
  expect(budget.webhooks()).toHaveLength(1);
  expect(budget.emails()).toHaveLength(2);
});

test('a test sends a sample through every channel, and reports each answer', async () => {
  const budget = await budgetWith();
  await budget.spend(10);
  budget.answer(status(404));
  expect(await alerts.test(budget.name)).toEqual([
    { channel: 'webhook', isDelivered: false, answer: expect.stringContaining('status 404') as string },
    { channel: 'email', isDelivered: true, answer: 'Delivered' },
  ]);
  expect(budget.webhooks()[0]?.body).toMatchObject({ test: true, monthly_spent_usd: 10, threshold: 0.5 });
  expect(await budget.alerts()).toEqual([]);
  expect(await alerts.test((await budgetWith({ webhookUrl: null, emailRecipients: [] })).name)).toEqual([]);
  await expect(alerts.test({ ...budget.name, budgetId: 'none' })).rejects.toMatchObject({ code: 'BudgetNotFound' });
});

test('a run that was ended is followed by one that sends what it left, and nothing twice (a restart sends again)', async () => {
  const budget = await budgetWith();
  budget.answer(status(500));
  await budget.spend(60);
  await eventually(budget.alerts, ([alert]) => alert?.deliveries.find(({ channel }) => channel === 'webhook')?.attempts === 1);
  await budget.delivered('email', 'sent');
  await harness.temporal.workflow.getHandle(alertWorkflowId(budget.organizationId, 'monthly', harness.taskQueue)).terminate();
  budget.answer(status(200));
  await harness.temporal.workflow.signalWithStart('budgetAlert', {
    workflowId: alertWorkflowId(budget.organizationId, 'monthly', harness.taskQueue),
    taskQueue: harness.taskQueue,
    args: [budget.name],
    signal: 'poke',
  });
  await budget.delivered('webhook', 'sent');
  expect(new Set(budget.webhooks().map(({ id }) => id)).size).toBe(1);
  expect(budget.emails()).toHaveLength(1);
});
