import type { Client } from '@temporalio/client';
import type { ActivityDependencies } from '../../activities';
import { createAlertPokes } from './alert-pokes';
import { createResetSchedules } from './reset-schedules';

type ServerClient = Pick<Client, 'connection' | 'schedule' | 'workflow'>;

/** What activities need of their own Temporal server, unless they are given it. Pokes only where somebody sends. */
export async function withServer(
  dependencies: ActivityDependencies,
  client: ServerClient,
  { namespace, taskQueue }: { namespace: string; taskQueue: string },
): Promise<ActivityDependencies> {
  const scheduled = { resetSchedules: createResetSchedules(client, taskQueue), ...dependencies };
  if (dependencies.notifier === undefined) return scheduled;
  return { pokeAlerts: createAlertPokes(client, taskQueue), namespaceId: await namespaceIdOf(client, namespace), ...scheduled };
}

// Two clusters on one ledger would otherwise take each other's senders for their own. (The id of a cluster is no help: dev servers share one.)
async function namespaceIdOf({ connection }: ServerClient, namespace: string): Promise<string> {
  return (await connection.workflowService.describeNamespace({ namespace })).namespaceInfo?.id ?? '';
}
