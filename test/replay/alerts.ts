import { randomUUID } from 'node:crypto';
import { createAlertClient } from '../../src/client';
import { alertWorkflowId } from '../../src/contract/names/workflows';
import { createAlertPokes } from '../../src/worker/alert-pokes';
import { alertingBudget, status } from '../support/alerting';
import { eventually } from '../support/eventually';
import { ended, start, until, type Scenario, type Stage } from './stage';

type Alerts = Parameters<typeof alertingBudget>[2];

/** A budget that tells, and its sender. */
async function budgetWith(stage: Stage, alerts: Alerts = {}) {
  const { temporal, taskQueue } = stage.harness;
  const budget = await alertingBudget(stage.store, stage.receivers, { cooldownMinutes: 0, ...alerts });
  const { organizationId } = budget;
  const workflowId = alertWorkflowId(organizationId, 'monthly', taskQueue);
  const poke = () => createAlertPokes(temporal, taskQueue)(organizationId, 'monthly');
  return {
    ...budget,
    workflowId,
    name: { organizationId, budgetId: 'monthly' },
    poke,
    spend: async (costUsd: number) => {
      await budget.charge(costUsd, Date.now());
      await poke();
    },
  };
}

/** A budget whose webhook refused its first message. */
async function refused(stage: Stage) {
  const budget = await budgetWith(stage, { emailRecipients: [] });
  budget.answer(status(400));
  await budget.spend(60);
  return ended(stage, budget);
}

export const budgetAlert: Record<string, Scenario> = {
  sent: async (stage) => {
    const budget = await budgetWith(stage);
    await budget.spend(60);
    return ended(stage, budget);
  },
  'refused-by-a-channel': refused,
  'sent-again': async (stage) => {
    const budget = await refused(stage);
    const [alert] = await budget.alerts();
    budget.answer(status(200));
    const alerts = createAlertClient(stage.harness.temporal, stage.harness);
    await alerts.sendAgain({ ...budget.name, alertId: alert?.alertId ?? 0, channel: 'webhook' });
    return ended(stage, budget);
  },
  'asked-to-send-what-there-is-not': async (stage) => {
    const budget = await budgetWith(stage);
    await createAlertClient(stage.harness.temporal, stage.harness).sendAgain({ ...budget.name, alertId: 1, channel: 'webhook' });
    return ended(stage, budget);
  },
  'tried-again': async (stage) => {
    const budget = await budgetWith(stage, { emailRecipients: [] });
    budget.answer(status(503));
    await budget.spend(60);
    await eventually(budget.alerts, ([alert]) => alert?.deliveries[0]?.attempts === 1);
    budget.answer(status(200));
    return ended(stage, budget);
  },
  'collected-while-it-cooled': async (stage) => {
    const budget = await budgetWith(stage, { cooldownMinutes: 0.05, emailRecipients: [] });
    await budget.spend(60);
    await until(stage, budget, (event) => event.timerStartedEventAttributes);
    await budget.spend(20);
    await budget.spend(15);
    return ended(stage, budget);
  },
  // Each poke is an event, and wakes it while it cools.
  'continued-as-new': async (stage) => {
    const budget = await budgetWith(stage, { cooldownMinutes: 60, emailRecipients: [] });
    await budget.spend(60);
    await until(stage, budget, (event) => event.timerStartedEventAttributes);
    const { workflow } = stage.harness.temporal;
    const { runId } = await workflow.getHandle(budget.workflowId).describe();
    await Promise.all(Array.from({ length: 500 }, budget.poke));
    const run = { workflowId: budget.workflowId, runId };
    await until(stage, run, (event) => event.workflowExecutionContinuedAsNewEventAttributes);
    await workflow.getHandle(budget.workflowId).terminate();
    return run;
  },
  'left-to-another-sender': async (stage) => {
    const budget = await budgetWith(stage);
    const at = Date.now();
    const lease = { ...budget.name, claimer: 'another', at, leaseUntil: at + 60_000 };
    await budget.charge(60, at);
    await stage.store.renewLease(lease);
    await stage.store.claimAlert({ ...lease, inFlight: [], targets: [], giveUpAt: at + 60_000, cooldownMs: 0 });
    await budget.poke();
    return ended(stage, budget);
  },
};

export const alertTest: Record<string, Scenario> = {
  completed: async (stage) => ended(stage, await start(stage, 'alertTest', [(await budgetWith(stage)).name])),
  'without-a-budget': async (stage) =>
    ended(stage, await start(stage, 'alertTest', [{ organizationId: `org-${randomUUID()}`, budgetId: 'none' }])),
};
