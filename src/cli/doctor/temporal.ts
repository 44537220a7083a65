import { Client, Connection } from '@temporalio/client';
import { SearchAttributeName } from '../../contract/names/search-attributes';
import { pollersOf, WORKER_ADVICE } from '../commands/workers';
import type { TemporalPlace } from '../reach';
import { counted, seconds } from '../show/format';
import { fail, ok, reasonOf, warn, type Finding } from './finding';

const PATIENCE_MS = 5_000;

/** Temporal, its namespace and search attributes, and whether anybody works on the task queue. */
export async function checkTemporal(place: TemporalPlace | null, taskQueue: string): Promise<Finding[]> {
  if (place === null) {
    return [warn('temporal', 'TEMPORAL_ADDRESS is not set, and nothing is up here', 'Run `agent-budget start`, or set TEMPORAL_ADDRESS.')];
  }
  const { address, namespace, by } = place;
  const began = Date.now();
  let connection: Connection;
  try {
    connection = await Connection.connect({ address, connectTimeout: PATIENCE_MS });
  } catch (error) {
    const advice =
      by === 'TEMPORAL_ADDRESS' ? 'Start it, or correct TEMPORAL_ADDRESS.' : 'Stop that `agent-budget start`, and start it again.';
    return [fail('temporal', `${address} (${by}): ${reasonOf(error)}`, advice)];
  }
  const reached = ok('temporal', `${address} (${by}) answers in ${seconds(Date.now() - began)}`);
  try {
    return await connection.withDeadline(Date.now() + 2 * PATIENCE_MS, async () => [
      reached,
      ...(await checkNamespace(new Client({ connection, namespace }), taskQueue)),
    ]);
  } finally {
    await connection.close();
  }
}

async function checkNamespace(client: Client, taskQueue: string): Promise<Finding[]> {
  const { namespace } = client.options;
  try {
    await client.connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    return [fail('namespace', `${namespace}: ${reasonOf(error)}`, 'Create it, or set TEMPORAL_NAMESPACE to one that is there.')];
  }
  return [ok('namespace', namespace), await checkAttributes(client), await checkWorkers(client, taskQueue)];
}

async function checkAttributes({ connection, options: { namespace } }: Client): Promise<Finding> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(SearchAttributeName).filter((name) => !(name in customAttributes));
    if (missing.length === 0) return ok('search attributes', 'all registered');
    return fail(
      'search attributes',
      `${missing.join(', ')} missing`,
      'A worker registers them when it starts; without the right to, register them as Keyword.',
    );
  } catch (error) {
    return warn(
      'search attributes',
      `cannot be listed (${reasonOf(error)})`,
      'Make sure that all three AgentBudget... are registered as Keyword.',
    );
  }
}

async function checkWorkers(client: Client, taskQueue: string): Promise<Finding> {
  const pollers = await pollersOf(client, client.options.namespace, taskQueue);
  const finding = `${counted(pollers, 'worker')} lately on task queue ${taskQueue}`;
  return pollers > 0 ? ok('workers', finding) : fail('workers', finding, WORKER_ADVICE);
}
