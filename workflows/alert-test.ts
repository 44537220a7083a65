import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ChannelReport } from '../src/contract/payloads/alerting';
import type { BudgetReference } from '../src/contract/payloads/reset';

const { testAlerts } = proxyActivities<Pick<Activities, 'testAlerts'>>({
  startToCloseTimeout: '3m',
  retry: { maximumAttempts: 2 },
  summary: 'Send a sample through every channel',
});

/** Sends a sample alert from where alerts are sent from: a worker, with its secrets, its mail server and its network. */
export async function alertTest(name: BudgetReference): Promise<readonly ChannelReport[]> {
  return testAlerts(name, workflowInfo().workflowId);
}
