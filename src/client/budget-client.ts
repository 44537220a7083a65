import {
  isGrpcCancelledError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { Scope } from '../domain/scope';
import { FailureType } from '../contract/names/failures';
import { summaryOf } from '../contract/names/summary';
import { MemoField, QueryName, TASK_QUEUE, UpdateName, WorkflowName } from '../contract/names/workflows';
import type {
  AdmissionPayload,
  InvocationReceipt,
  InvocationRequest,
  InvocationResult,
  InvocationState,
} from '../contract/payloads/invocation';
import { IdempotencyConflict, InvocationFailed } from './errors';
import { failureOf } from './failure-of';
import { prepareInvocation, type PreparedInvocation } from './invocation-request';

type InvocationWorkflow = (request: InvocationRequest) => Promise<InvocationResult>;

/** A run that was started, or found, for a request. */
export interface StartedInvocation {
  readonly workflowId: string;
  /** Waits for the end. Denied and replayed runs resolve; failed and cancelled ones reject with InvocationFailed. */
  result(): Promise<InvocationResult>;
}

/** Whom an invocation was made for, within its organization. */
export type InvocationCall = Omit<Scope, 'organizationId'>;

export interface InvocationDescription {
  readonly workflowId: string;
  readonly runId: string;
  /** Whom it was made for; null for a run that was not started by a client of this project. */
  readonly call: InvocationCall | null;
  readonly startedAt: Date;
  /** Temporal's own status: RUNNING, COMPLETED, FAILED, CANCELED, TERMINATED, TIMED_OUT... */
  readonly status: string;
  /** What the run says of itself; null when no worker answers, or after its history was deleted. */
  readonly state: InvocationState | null;
  /** The final receipt, also readable without a worker; null while the run goes on. */
  readonly receipt: InvocationReceipt | null;
}

export interface BudgetClientOptions {
  readonly taskQueue?: string;
  /** How long `admission` waits for a worker; default 30 s. */
  readonly admissionTimeoutMs?: number;
}

export type BudgetClient = ReturnType<typeof createBudgetClient>;

/**
 * Starts, watches and cancels budgeted invocations over your own Temporal client.
 *
 * Every call that takes a request throws DomainError `InvalidRequest` before anything is started, and IdempotencyConflict
 * when its idempotency key belongs to another request.
 */
export function createBudgetClient(client: Client, options: BudgetClientOptions = {}) {
  const { taskQueue = TASK_QUEUE, admissionTimeoutMs = 30_000 } = options;

  async function start(request: InvocationRequest): Promise<StartedInvocation> {
    const prepared = prepareInvocation(request);
    try {
      await client.workflow.start<InvocationWorkflow>(WorkflowName.agentInvocation, {
        ...startOptions(prepared, taskQueue),
        workflowIdConflictPolicy: 'FAIL',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await describeStartedFor(client.workflow.getHandle(prepared.workflowId), prepared);
    }
    return { workflowId: prepared.workflowId, result: () => resultOf(prepared.workflowId) };
  }

  async function resultOf(workflowId: string): Promise<InvocationResult> {
    try {
      return await client.workflow.result<InvocationWorkflow>(workflowId);
    } catch (error) {
      const failure = failureOf(error);
      if (!(failure instanceof InvocationFailed) || failure.receipt !== null) throw failure;
      // The server keeps no details of a cancelled run; its memo has the receipt.
      throw new InvocationFailed(failure.type, failure.message, receiptIn(await client.workflow.getHandle(workflowId).describe()), error);
    }
  }

  // A run that ended before anybody asked takes no question any more: its receipt says how it was decided.
  async function admissionAfterEnd(prepared: PreparedInvocation): Promise<AdmissionPayload> {
    const { workflowId, fingerprint } = prepared;
    const receipt = receiptIn(await describeStartedFor(client.workflow.getHandle(workflowId), prepared));
    if (receipt === null) throw new InvocationFailed('Ended', `${workflowId} ended without a receipt`, null, undefined);
    const { grant, denial, reservedUsd, status, error } = receipt;
    if (grant === null && error !== null) throw new InvocationFailed(error.type, error.message, receipt, undefined);
    return { status: grant !== null ? 'granted' : status === 'denied' ? 'denied' : 'replayed', fingerprint, grant, denial, reservedUsd };
  }

  return {
    /** Starts an invocation without waiting. The same idempotency key and body finds the run that was started before. */
    start,

    /** Starts an invocation and waits for its end. A denial is a result; a failed run rejects with InvocationFailed. */
    invoke: async (request: InvocationRequest): Promise<InvocationResult> => (await start(request)).result(),

    /**
     * Starts an invocation and waits only for the decision. The run goes on; rejects with InvocationFailed if none was made. A run
     * without an idempotency key is named `runName`, so that whoever loses the answer can still `describe` it.
     */
    admission: async (request: InvocationRequest, runName?: string): Promise<AdmissionPayload & { readonly workflowId: string }> => {
      const prepared = prepareInvocation(request, runName);
      const operation = new WithStartWorkflowOperation<InvocationWorkflow>(WorkflowName.agentInvocation, {
        ...startOptions(prepared, taskQueue),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      const { workflowId, fingerprint } = prepared;
      try {
        const answer = await client.withDeadline(Date.now() + admissionTimeoutMs, () =>
          client.workflow.executeUpdateWithStart<InvocationWorkflow, AdmissionPayload, [{ fingerprint: string }]>(UpdateName.admission, {
            startWorkflowOperation: operation,
            // Constant, so that asking again, also after the end, is the same question.
            updateId: UpdateName.admission,
            args: [{ fingerprint }],
          }),
        );
        if (answer.fingerprint !== fingerprint) throw new IdempotencyConflict(workflowId);
        return { ...answer, workflowId };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return { ...(await admissionAfterEnd(prepared)), workflowId };
        const failure = failureOf(error);
        throw isKeyConflict(failure) ? new IdempotencyConflict(workflowId) : failure;
      }
    },

    /** Waits for the end of a run, as `invoke` does, until `signal` is aborted: then null, and the run goes on. */
    result: async (workflowId: string, signal: AbortSignal): Promise<InvocationResult | null> => {
      try {
        return await client.withAbortSignal(signal, () => resultOf(workflowId));
      } catch (error) {
        if (signal.aborted && isGrpcCancelledError(error)) return null;
        throw error;
      }
    },

    /** Asks a run to stop. Its hold is settled at what the agent cost by then. */
    cancel: async (workflowId: string): Promise<void> => {
      await client.workflow.getHandle(workflowId).cancel();
    },

    /** What became of a run. Throws WorkflowNotFoundError for an unknown one. */
    describe: async (workflowId: string): Promise<InvocationDescription> => {
      const handle = client.workflow.getHandle(workflowId);
      const described = await handle.describe();
      const { runId, status, startTime: startedAt, memo } = described;
      const call = (memo?.[MemoField.call] as InvocationCall | undefined) ?? null;
      const state = await client.withDeadline(Date.now() + 5_000, () => handle.query<InvocationState>(QueryName.state)).catch(() => null);
      return { workflowId, runId, call, startedAt, status: status.name, state, receipt: receiptIn(described) };
    },
  };
}

function startOptions(
  { workflowId, request, fingerprint }: PreparedInvocation,
  taskQueue: string,
): WorkflowStartOptions<InvocationWorkflow> {
  const { organizationId, teamId = null, userId = null, agentId } = request;
  return {
    workflowId,
    taskQueue,
    args: [request],
    // A key is one run, for as long as the server remembers it; after that the ledger does.
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { [MemoField.fingerprint]: fingerprint, [MemoField.call]: { teamId, userId, agentId } satisfies InvocationCall },
    staticSummary: summaryOf(`${agentId} for ${organizationId}`),
    staticDetails: detailsOf(request),
  };
}

function detailsOf({ organizationId, teamId, userId, agentId, estimatedCostUsd }: InvocationRequest): string {
  const rows = { organization: organizationId, team: teamId, user: userId, agent: agentId, 'estimated cost (USD)': estimatedCostUsd };
  return Object.entries(rows)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `- ${name}: ${String(value)}`)
    .join('\n');
}

type Memo = Pick<WorkflowExecutionDescription, 'memo'>;

async function describeStartedFor(handle: WorkflowHandle, { workflowId, fingerprint }: PreparedInvocation): Promise<Memo> {
  const described = await handle.describe();
  if (described.memo?.[MemoField.fingerprint] !== fingerprint) throw new IdempotencyConflict(workflowId);
  return described;
}

function receiptIn({ memo }: Memo): InvocationReceipt | null {
  return (memo?.[MemoField.receipt] as InvocationReceipt | undefined) ?? null;
}

function isKeyConflict(failure: unknown): boolean {
  return failure instanceof Error && 'type' in failure && failure.type === FailureType.keyConflict;
}
