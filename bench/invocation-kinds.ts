import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createBudgetClient } from '../src/client';
import { TASK_QUEUE } from '../src/contract/names/workflows';
import type { InvocationRequest } from '../src/contract/payloads/invocation';
import { AGENT, ORGANIZATION, PLAN } from './invocation-settings';

/** One invocation from its start to its end, of an agent that takes so long. */
export type Invoke = (agentMs: number) => Promise<void>;

export interface InvocationKinds {
  readonly bare: Invoke;
  readonly budgeted: Invoke;
  readonly regularActivities: Invoke;
  /** To the early answer; returns the wait for the run's end. */
  readonly admission: () => Promise<() => Promise<unknown>>;
}

/** The ways to run one and the same agent, as clients start them. */
export function invocationKinds(client: Client): InvocationKinds {
  const budget = createBudgetClient(client);
  const request = (ms: number): InvocationRequest => ({
    organizationId: ORGANIZATION,
    agentId: AGENT.agentId,
    input: { ms },
    estimatedCostUsd: 0.001,
  });
  const execute = (workflow: string, agentMs: number) =>
    client.workflow.execute(workflow, { workflowId: randomUUID(), taskQueue: TASK_QUEUE, args: [request(agentMs), PLAN] });

  return {
    bare: async (agentMs) => {
      expected('done', (await execute('bareInvocation', agentMs)) as { output?: unknown });
    },
    budgeted: async (agentMs) => {
      expected('done', await budget.invoke(request(agentMs)));
    },
    regularActivities: async (agentMs) => {
      expected('done', ((await execute('regularInvocation', agentMs)) as { answer?: { output?: unknown } } | null)?.answer);
    },
    admission: async () => {
      const { workflowId, status } = await budget.admission(request(0));
      if (status !== 'granted') throw new Error(`The admission was ${status}`);
      return () => client.workflow.result(workflowId);
    },
  };
}

// A run that was denied, or failed, is faster than one that did its work.
function expected(output: string, answer: { readonly output?: unknown } | undefined): void {
  if (answer?.output !== output) throw new Error(`An invocation answered ${JSON.stringify(answer)}`);
}
