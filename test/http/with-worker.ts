import { estimateCostUsd } from '../../src/agents/estimate-cost';
import type { InProcessAgents } from '../../src/agents/in-process';
import { createAlertClient } from '../../src/client';
import type { ApiDeps } from '../../src/http';
import { startHarness, type Harness } from '../support/harness';
import { setting } from '../support/setting';
import { serve, type TestApi } from './support';

/** An API with PostgreSQL, Temporal, and a worker that runs these agents. */
export async function serveWithWorker(inProcess: InProcessAgents, deps: Partial<ApiDeps> = {}): Promise<TestApi & { harness: Harness }> {
  const harness = await startHarness(inProcess);
  const served = await serve({
    store: harness.store,
    invocations: harness.budget,
    alerts: createAlertClient(harness.temporal, { taskQueue: harness.taskQueue }),
    checks: {
      temporal: async () => {
        await harness.temporal.connection.workflowService.getSystemInfo({});
      },
      postgresql: async () => {
        await harness.store.organizations();
      },
    },
    estimateUsd: (agent, input) => estimateCostUsd(agent, input, inProcess),
    webUiLink: (workflowId) => `${setting('TEST_TEMPORAL_UI')}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`,
    ...deps,
  });
  return {
    ...served,
    harness,
    stop: async () => {
      await served.stop();
      await harness.stop();
    },
  };
}
