import { Client, type Connection } from '@temporalio/client';
import { budgetAlertConfig, createAlertClient, type Budget, type BudgetStore } from 'agent-budget';

/** Gives a budget its alerts, and sends a sample through each channel. */
export async function alert(store: BudgetStore, budget: Budget, connection: Connection, console: Pick<Console, 'log'>) {
  const alerts = budgetAlertConfig.parse({
    webhookUrl: 'env:ACME_ALERTS_URL', // or the address itself; one of Slack or Microsoft Teams gets a message of its own form
    webhookSecret: 'env:ACME_ALERTS_SECRET', // signs as standardwebhooks.com says
    emailRecipients: ['finance@acme.example'],
    thresholds: [0.5, 0.75, 0.9, 1], // the default; each once a period
    cooldownMinutes: 15, // the default: what comes within it is sent as one digest
  });
  await store.putBudget({ ...budget, alerts }, Date.now());

  const client = createAlertClient(new Client({ connection }));
  const reports = await client.test({ organizationId: 'acme', budgetId: 'acme-monthly' });
  for (const { channel, isDelivered, answer } of reports) console.log(channel, isDelivered, answer);
  return reports;
}
