import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { AgentFailure, AgentFailureCode, type AgentAnswer } from '../src/agents/agent';
import { withFirstAbort } from '../src/contract/with-first-abort';
import { FailureType } from '../src/contract/names/failures';
import { DEFAULT_TTL_MS } from '../src/contract/payloads/budgeted-work';
import { holdPayload } from '../src/contract/payloads/hold';
import type { AgentResult, ExecuteOptions, InvocationRequest } from '../src/contract/payloads/invocation';
import { DomainError, DomainErrorCode } from '../src/domain/errors';
import type { AttemptOutcome, Metadata } from '../src/domain/ledger';
import { fromUsd, toUsd } from '../src/domain/money';
import type { AgentDefinition } from '../src/contract/schemas/agent';
import { untilLedgerAnswers, withAttempt, type StartedAttempt } from './attempt';
import type { ActivityDependencies } from './dependencies';
import { messageOf, withNamedFailures } from './failures';

/** At 2 MB the server would lose the result, at 4.5 MB the activity would hang: refused well before. */
const LARGEST_OUTPUT_BYTES = 1_000_000;

export function createAgentActivities({ store, connectors }: Pick<ActivityDependencies, 'store' | 'connectors'>) {
  // Before an attempt is opened: an agent that cannot be looked up was not called, and costs nothing.
  async function agentOf({ organizationId, agentId }: InvocationRequest): Promise<AgentDefinition> {
    const agent = await untilLedgerAnswers(() => store.agent(organizationId, agentId), Context.current().cancellationSignal);
    if (agent !== undefined) return agent;
    throw new DomainError(DomainErrorCode.agentNotFound, `Organization ${organizationId} has no agent ${agentId} any more`);
  }

  function call(agent: AgentDefinition, { organizationId, input }: InvocationRequest, key: string): Promise<AgentAnswer> {
    const context = Context.current();
    const onProgress = () => {
      context.heartbeat();
    };
    return withFirstAbort([context.cancellationSignal, AbortSignal.timeout(agent.timeoutMs)], (signal) =>
      connectors.run(agent, { organizationId, input, idempotencyKey: key, signal, onProgress }),
    );
  }

  return {
    /**
     * One attempt at an agent: recorded before the provider is called, charged before this returns or throws. Where nothing else is done
     * under the hold, an answer may end it too.
     */
    executeAgent: (request: InvocationRequest, key: string, options: ExecuteOptions = { settles: false }): Promise<AgentResult> =>
      withNamedFailures(async () => {
        const agent = await agentOf(request);
        const hold = { organizationId: request.organizationId, key, ttlMs: request.ttlMs ?? DEFAULT_TTL_MS };
        return withAttempt(store, hold, (attempt) => runAttempt(attempt, { ...request, ...options }, () => call(agent, request, key)));
      }),
  };
}

interface Terms extends ExecuteOptions {
  readonly metadata?: Metadata;
}

async function runAttempt(attempt: StartedAttempt, { metadata, settles }: Terms, call: () => Promise<AgentAnswer>): Promise<AgentResult> {
  // Kept only where the caller notes something: who notes nothing has nothing to look up.
  const noteOf = (executionSuccess: boolean) => (metadata === undefined ? {} : { note: { executionSuccess, metadata } });
  let answer: AgentAnswer;
  try {
    answer = await call();
  } catch (error) {
    const { chargedMicroUsd } = await attempt.finish({ ...outcomeOf(error), ...noteOf(false) });
    throw failureOf(error, toUsd(chargedMicroUsd));
  }
  const costMicroUsd = answer.costUsd === null ? null : fromUsd(answer.costUsd);
  const outcome: AttemptOutcome = { status: 'succeeded', costMicroUsd, ...noteOf(true) };
  const { chargedMicroUsd, receipt } = await (settles ? attempt.finishAndSettle(outcome) : attempt.finish(outcome));
  const costUsd = toUsd(chargedMicroUsd);
  const { usage, costSource } = answer;
  const output = checkedOutput(answer.output, costUsd);
  return { status: 'answered', output, usage, costUsd, costSource, ...(settles && { hold: holdPayload(receipt) }) };
}

function outcomeOf(error: unknown): AttemptOutcome {
  if (!(error instanceof AgentFailure)) return { status: 'unconfirmed', costMicroUsd: null };
  const costMicroUsd = error.costUsd === null ? null : fromUsd(error.costUsd);
  return { status: error.mayHaveBeenBilled ? 'unconfirmed' : 'failed', costMicroUsd };
}

function failureOf(error: unknown, chargedUsd: number): unknown {
  const details = [{ chargedUsd }];
  const message = messageOf(error);
  const { cancellationSignal, cancellationDetails } = Context.current();
  // Whatever an agent throws when it is stopped: the stop is the reason.
  if (cancellationSignal.aborted) {
    if (cancellationDetails?.cancelRequested === true) return new CancelledFailure(message, details);
    // A worker that shuts down hands the work on: another one tries again.
    return ApplicationFailure.create({ message: `The attempt was interrupted: ${message}`, type: FailureType.interrupted, details });
  }
  if (!(error instanceof AgentFailure)) return error;
  const { code, isRetryable, retryAfterMs } = error;
  const retry = retryAfterMs === null ? {} : { nextRetryDelay: retryAfterMs };
  return ApplicationFailure.create({ message, type: code, nonRetryable: !isRetryable, details, ...retry });
}

function checkedOutput(output: unknown, chargedUsd: number): unknown {
  const bytes = sizeOf(output, chargedUsd);
  if (bytes <= LARGEST_OUTPUT_BYTES) return output ?? null;
  throw ApplicationFailure.nonRetryable(
    `The agent's output has ${String(bytes)} bytes of JSON; at most ${String(LARGEST_OUTPUT_BYTES)} fit. Have it store the output and return a reference`,
    FailureType.outputTooLarge,
    { chargedUsd },
  );
}

// What cannot be written as JSON would fail after this returned, and the paid agent would run again.
function sizeOf(output: unknown, chargedUsd: number): number {
  try {
    return Buffer.byteLength(JSON.stringify(output ?? null));
  } catch (error) {
    const why = messageOf(error);
    throw ApplicationFailure.nonRetryable(`The agent's output is no JSON: ${why}`, AgentFailureCode.unreadable, { chargedUsd });
  }
}
