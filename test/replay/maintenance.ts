import { randomUUID } from 'node:crypto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { readConfig } from '../../src/config';
import { MAINTENANCE_WORKFLOW_ID } from '../../src/contract/names/workflows';
import { NEVER } from '../../src/ground/stopping';
import { temporalCli } from '../../src/ground/temporal-cli';
import { eventually } from '../support/eventually';
import { startHarness, type HarnessOptions } from '../support/harness';
import type { Scenario } from './stage';

/** The maintenance of a worker of its own, once something has happened so many times. */
const maintained =
  (happening: 'timerStarted' | 'workflowExecutionContinuedAsNew', times: number, options: HarnessOptions = {}): Scenario =>
  async ({ databaseUrl }) => {
    const taskQueue = randomUUID();
    const harness = await startHarness({}, { databaseUrl, taskQueue, ...options });
    try {
      const { workflow } = harness.temporal;
      const workflowId = `${MAINTENANCE_WORKFLOW_ID}/${taskQueue}`;
      const { runId } = await workflow.getHandle(workflowId).describe();
      return await eventually(
        () => workflow.getHandle(workflowId, runId).fetchHistory(),
        ({ events }) => (events ?? []).filter((event) => event[`${happening}EventAttributes`]).length === times,
      );
    } finally {
      await harness.stop();
    }
  };

/** On a server that soon suggests to continue as new: others do after hours. */
const continued: Scenario = async (stage) => {
  const extraArgs = ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'];
  const cli = await temporalCli(readConfig(), () => undefined, NEVER);
  const server = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path: cli }, extraArgs } });
  try {
    return await maintained('workflowExecutionContinuedAsNew', 1, { address: server.address })(stage);
  } finally {
    await server.teardown();
  }
};

export const maintenance: Record<string, Scenario> = {
  'two-rounds': maintained('timerStarted', 2),
  pruning: maintained('timerStarted', 1, { retentionDays: 62 }),
  'continued-as-new': continued,
};
