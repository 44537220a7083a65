import { closedPort } from '../agents/serve';
import { alertingBudget, startReceivers, status, type Receivers } from '../support/alerting';
import { createDatabase } from '../support/database';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { eventually } from '../support/eventually';
import { installQuietRuntime, startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';

let harness: Harness;
let receivers: Receivers;
let metricsUrl: string;
beforeAll(async () => {
  const bindAddress = `127.0.0.1:${String(await closedPort())}`;
  metricsUrl = `http://${bindAddress}/metrics`;
  installQuietRuntime({ prometheus: { bindAddress, countersTotalSuffix: true } });
  receivers = await startReceivers();
  harness = await startHarness({}, { databaseUrl: await createDatabase(setting('TEST_DATABASE_URL')), smtpUrl: receivers.mail.url });
});
afterAll(async () => {
  await harness.stop();
  await receivers.close();
});

/** Our counters, beside the SDK's own: name with labels, and value. */
async function counters(): Promise<Record<string, number>> {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n').filter((line) => line.startsWith('agent_budget'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (\d+)$/.exec(line) ?? [];
      const [own = ''] = /(channel|reason)="\w+"/.exec(labels) ?? [];
      return [`${name} ${own}`, Number(value)];
    }),
  );
}

test('what is sent, fails or is suppressed is counted, where the SDK exports its metrics', async () => {
  const budget = await alertingBudget(harness.store, receivers);
  budget.answer(status(404));
  await budget.charge(80, Date.now());
  await createAlertPokes(harness.temporal, harness.taskQueue)(budget.organizationId, 'monthly');
  await eventually(budget.alerts, ([alert]) => alert?.deliveries.every(({ state }) => state !== 'pending') === true);
  expect(await counters()).toEqual({
    'agent_budget_alerts_sent_total channel="email"': 1,
    'agent_budget_alerts_failed_total channel="webhook"': 1,
    'agent_budget_alerts_suppressed_total reason="coalesced"': 1,
  });
});
