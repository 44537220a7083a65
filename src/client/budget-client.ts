import {
  isGrpcCancelledError,
  isGrpcServiceError,
  ServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { FailureType } from '../contract/names/failures';
import { MemoField, TASK_QUEUE, UpdateName, WorkflowName } from '../contract/names/workflows';
import type {
  AdmissionPayload,
  InvocationReceipt,
  InvocationRequest,
  InvocationResult,
  InvocationState,
} from '../contract/payloads/invocation';
import { currentState } from './current-state';
import { admissionAfterEnd, isUndecided, receiptIn } from './ended-run';
import { IdempotencyConflict, InvocationFailed } from './errors';
import { failureOf } from './failure-of';
import { prepareInvocation, type PreparedInvocation } from './invocation-request';
import { startOptions, type InvocationCall, type InvocationWorkflow, type Reuse } from './start-options';

export type { InvocationCall } from './start-options';

/** A run that was started, or found, for a request. */
export interface StartedInvocation {
  readonly workflowId: string;
  /** Waits for the end. Denied and replayed runs resolve; failed and cancelled ones reject with InvocationFailed. */
  result(): Promise<InvocationResult>;
}

export interface InvocationDescription {
  readonly workflowId: string;
  readonly runId: string;
  /** Whom it was made for; null for a run that was not started by a client of this project. */
  readonly call: InvocationCall | null;
  readonly startedAt: Date;
  /** Temporal's own status: RUNNING, COMPLETED, FAILED, CANCELED, TERMINATED, TIMED_OUT... */
  readonly status: string;
  /** What the run says of itself; null when no worker answers, or has a task of the run under way, or after its history was deleted. */
  readonly state: InvocationState | null;
  /** The final receipt, also readable without a worker; null while the run goes on. */
  readonly receipt: InvocationReceipt | null;
}

export interface BudgetClientOptions {
  readonly taskQueue?: string;
  /** How long `admission` waits for a worker; default 30 s. */
  readonly admissionTimeoutMs?: number;
}

/** Runs of one key that decide nothing, one after the other, while others ask as well. */
const MOST_TRIES = 10;

const NOT_FOUND = 5;

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
    // Where the second start finds another run, somebody who asked the same was faster.
    if (!(await startOnce(prepared, 'REJECT_DUPLICATE')) && isUndecided(await lastRun(prepared), prepared)) {
      await startOnce(prepared, 'ALLOW_DUPLICATE_FAILED_ONLY');
    }
    return { workflowId: prepared.workflowId, result: () => resultOf(prepared.workflowId) };
  }

  async function startOnce(prepared: PreparedInvocation, reuse: Reuse): Promise<boolean> {
    const options = { ...startOptions(prepared, taskQueue, reuse), workflowIdConflictPolicy: 'FAIL' as const };
    try {
      await client.workflow.start<InvocationWorkflow>(WorkflowName.agentInvocation, options);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** The last run of a key. Throws IdempotencyConflict where the key is of another request. */
  async function lastRun({ workflowId, fingerprint }: PreparedInvocation): Promise<WorkflowExecutionDescription> {
    const described = await client.workflow.getHandle(workflowId).describe();
    if (described.memo?.[MemoField.fingerprint] === fingerprint) return described;
    throw new IdempotencyConflict(workflowId);
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

  /** Asks the run of a key, or starts it; after a run that decided nothing, another one. */
  async function askAdmission(prepared: PreparedInvocation, undecided: string | null): Promise<AdmissionPayload> {
    const { workflowId, fingerprint } = prepared;
    const reuse = undecided === null ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY';
    const operation = new WithStartWorkflowOperation<InvocationWorkflow>(WorkflowName.agentInvocation, {
      ...startOptions(prepared, taskQueue, reuse),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const answer = await client.withDeadline(Date.now() + admissionTimeoutMs, () =>
      client.workflow.executeUpdateWithStart<InvocationWorkflow, AdmissionPayload, [{ fingerprint: string }]>(UpdateName.admission, {
        startWorkflowOperation: operation,
        // Constant, so that asking again, also after the end, is the same question; and no question to the run that decided nothing.
        updateId: undecided === null ? UpdateName.admission : `${UpdateName.admission}-after-${undecided}`,
        args: [{ fingerprint }],
      }),
    );
    if (answer.fingerprint !== fingerprint) throw new IdempotencyConflict(workflowId);
    return answer;
  }

  async function admissionOf(prepared: PreparedInvocation): Promise<AdmissionPayload> {
    for (let [tries, undecided]: [number, string | null] = [1, null]; ; tries += 1) {
      try {
        return await askAdmission(prepared, undecided);
      } catch (error) {
        const failure = failureOf(error);
        if (isKeyConflict(failure)) throw new IdempotencyConflict(prepared.workflowId);
        const hasEnded = error instanceof WorkflowExecutionAlreadyStartedError || hasEndedUnasked(error);
        if (tries === MOST_TRIES || !(hasEnded || failure instanceof InvocationFailed)) throw failure;
        const run = await lastRun(prepared);
        if (isUndecided(run, prepared)) undecided = run.runId;
        // Somebody who asked the same has just started it.
        else if (hasEnded && run.status.name === 'RUNNING') continue;
        else if (hasEnded) return admissionAfterEnd(prepared, run);
        else throw failure;
      }
    }
  }

  return {
    /** Starts an invocation without waiting. The same idempotency key and body finds the run that was started before. */
    start,

    /** Starts an invocation and waits for its end. A denial is a result; a failed run rejects with InvocationFailed. */
    invoke: async (request: InvocationRequest): Promise<InvocationResult> => (await start(request)).result(),

    /**
     * Starts an invocation and waits only for the decision. The run goes on; rejects with InvocationFailed if none was made. A run
     * without an idempotency key is named `runName`, so that whoever loses the answer can still `describe` it. `signal` ends the waiting.
     */
    admission: async (
      request: InvocationRequest,
      runName?: string,
      signal: AbortSignal = new AbortController().signal,
    ): Promise<AdmissionPayload & { readonly workflowId: string }> => {
      const prepared = prepareInvocation(request, runName);
      const admission = await client.withAbortSignal(signal, () => admissionOf(prepared));
      return { ...admission, workflowId: prepared.workflowId };
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

    /** What became of a run; of one that is known to be decided (its admission was answered) at once. Throws WorkflowNotFoundError for an unknown one. */
    describe: async (workflowId: string, { isDecided = false }: { readonly isDecided?: boolean } = {}): Promise<InvocationDescription> => {
      const latest = await client.workflow.getHandle(workflowId).describe();
      const { runId } = latest;
      const { described, state } = await currentState(client, client.workflow.getHandle(workflowId, runId), { latest, isDecided });
      const { status, startTime: startedAt, memo } = described;
      const call = (memo?.[MemoField.call] as InvocationCall | undefined) ?? null;
      return { workflowId, runId, call, startedAt, status: status.name, state, receipt: receiptIn(described) };
    },
  };
}

/** The run ended while it was asked, terminated for instance: the server's word for it is NOT_FOUND. */
function hasEndedUnasked(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && (cause.code as number) === NOT_FOUND;
}

function isKeyConflict(failure: unknown): boolean {
  return failure instanceof Error && 'type' in failure && failure.type === FailureType.keyConflict;
}
