import { randomUUID } from 'node:crypto';
import { agentDefinition, type AgentDefinitionInput } from '../../src/contract/schemas/agent';
import type { InvocationRequest } from '../../src/contract/payloads/invocation';
import type { Turn } from './actor';
import { ended, organization, requestOf, resetToItsBegin, start, until, type Run, type Scenario, type Stage } from './stage';

interface Setting {
  readonly monthlyUsd?: number;
  readonly agent?: Partial<AgentDefinitionInput>;
  readonly request?: Partial<InvocationRequest>;
}

async function begin(stage: Stage, turns: Turn[], { request, ...organized }: Setting = {}): Promise<Run> {
  const organizationId = await organization(stage, organized);
  return stage.harness.budget.start({ ...requestOf(organizationId, ...turns), ...request });
}

const invoke =
  (turns: Turn[], setting?: Setting): Scenario =>
  async (stage) =>
    ended(stage, await begin(stage, turns, setting));

/** Begins, and does something as soon as the agent is called. */
const whenItRuns =
  (turn: Turn, act: (stage: Stage, run: Run) => Promise<unknown>): Scenario =>
  async (stage) => {
    const run = await begin(stage, [turn]);
    await until(stage, run, (event) => event.activityTaskScheduledEventAttributes);
    await act(stage, run);
    return ended(stage, run);
  };

const cancel = ({ harness }: Stage, { workflowId }: Run) => harness.budget.cancel(workflowId);

const ask =
  (monthlyUsd: number): Scenario =>
  async (stage) => {
    const organizationId = await organization(stage, { monthlyUsd });
    return ended(stage, await stage.harness.budget.admission(requestOf(organizationId)));
  };

/** Begins while the ledger is away, which comes back as soon as the run has turned to something. */
const whileLedgerIsAway =
  (turnsTo: 'reserveForAgent' | 'releaseReservation', isAsked: boolean): Scenario =>
  async (stage) => {
    const request = { ...requestOf(await organization(stage)), idempotencyKey: randomUUID() };
    stage.ledger.cut();
    const { workflowId } = await stage.harness.budget.start(request);
    const answer = isAsked ? stage.harness.budget.admission(request).catch(() => undefined) : undefined;
    await until(stage, { workflowId }, (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === turnsTo);
    stage.ledger.mend();
    await answer;
    return ended(stage, { workflowId });
  };

export const agentInvocation: Record<string, Scenario> = {
  completed: invoke([{ costUsd: 0.4 }]),
  'completed-above-its-hold': invoke([{ costUsd: 3 }]),
  'completed-at-unknown-cost': invoke([{}]),
  unbudgeted: async (stage) => {
    const organizationId = `org-${randomUUID()}`;
    const agent = agentDefinition.parse({ agentId: 'worker', platform: 'in_process', functionName: 'actor' });
    await stage.store.putAgent(organizationId, agent);
    return ended(stage, await stage.harness.budget.start(requestOf(organizationId, { costUsd: 0.4 })));
  },
  denied: invoke([], { monthlyUsd: 0.5 }),
  'denied-at-a-later-attempt': invoke([{ does: 'fail', costUsd: 0.5 }], { monthlyUsd: 1.2 }),
  failed: invoke([{ does: 'fail for good' }]),
  'failed-at-a-cost': invoke([{ does: 'fail for good', costUsd: 0.3 }]),
  'failed-after-retries': invoke([{ does: 'fail' }, { does: 'fail' }], { agent: { maxAttempts: 2 } }),
  'completed-after-retries': invoke([{ does: 'fail', costUsd: 0.5 }, { costUsd: 0.25 }]),
  'timed-out': invoke([{ does: 'hang' }], { agent: { timeoutMs: 100, maxAttempts: 1 } }),
  refused: async (stage) => ended(stage, await start(stage, 'agentInvocation', [{ agentId: 'worker', input: null }])),
  'refused-by-the-ledger': invoke([], { request: { agentId: 'nobody' } }),

  // Delayed, so that its first task has the cancellation already.
  'cancelled-at-once': async (stage) => {
    const request = requestOf(await organization(stage));
    const run = await start(stage, 'agentInvocation', [request], { startDelay: '1s' });
    await cancel(stage, run);
    return ended(stage, run);
  },
  'cancelled-at-known-cost': whenItRuns({ does: 'hang', costUsd: 0.3 }, cancel),
  'cancelled-at-unknown-cost': whenItRuns({ does: 'hang' }, cancel),
  terminated: whenItRuns({ does: 'hang' }, ({ harness }, { workflowId }) => harness.temporal.workflow.getHandle(workflowId).terminate()),
  'timed-out-as-a-run': async (stage) => {
    const request = requestOf(await organization(stage), { does: 'hang' });
    return ended(stage, await start(stage, 'agentInvocation', [request], { workflowRunTimeout: '2s' }));
  },

  reset: async (stage) => {
    const run = await begin(stage, [{ costUsd: 0.4 }]);
    return resetToItsBegin(stage, await ended(stage, run));
  },
  // The second run: its key is the first one's, which has failed.
  'retried-as-a-run': async (stage) => {
    const organizationId = await organization(stage, { agent: { maxAttempts: 1 } });
    const request = { ...requestOf(organizationId, { does: 'fail', costUsd: 0.5 }), idempotencyKey: 'again' };
    const retry = { initialInterval: '10ms', maximumAttempts: 2 } as const;
    const { workflowId } = await start(stage, 'agentInvocation', [request], { retry });
    return ended(stage, { workflowId });
  },
  // Its key is another workflow's, which has ended.
  replayed: async (stage) => {
    const request = { ...requestOf(await organization(stage)), idempotencyKey: 'once' };
    await stage.harness.budget.invoke(request);
    return ended(stage, await start(stage, 'agentInvocation', [request]));
  },

  admitted: ask(10),
  'not-admitted': ask(0.5),
  'asked-about-another-request': whenItRuns({ does: 'hang', costUsd: 0.1 }, async (stage, run) => {
    const handle = stage.harness.temporal.workflow.getHandle(run.workflowId);
    await handle.executeUpdate('admission', { args: [{ fingerprint: 'another' }] }).catch(() => undefined);
    await cancel(stage, run);
  }),
  'reserved-when-the-ledger-came-back': whileLedgerIsAway('reserveForAgent', false),
  'failed-without-a-ledger': whileLedgerIsAway('releaseReservation', false),
  'not-admitted-without-a-ledger': whileLedgerIsAway('releaseReservation', true),
};
