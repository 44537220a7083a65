import {
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { FailureType } from '../src/contract/names/failures';
import { SearchAttributeName } from '../src/contract/names/search-attributes';
import { MemoField } from '../src/contract/names/workflows';
import type { InvocationReceipt, InvocationRequest } from '../src/contract/payloads/invocation';
import { isRefusal, namedFailure } from './named-failure';

const organizationAttribute = defineSearchAttributeKey(SearchAttributeName.organization, 'KEYWORD');
const agentAttribute = defineSearchAttributeKey(SearchAttributeName.agent, 'KEYWORD');
const outcomeAttribute = defineSearchAttributeKey(SearchAttributeName.outcome, 'KEYWORD');

export function startShowing(request: InvocationRequest): void {
  upsertSearchAttributes([
    { key: organizationAttribute, value: request.organizationId },
    { key: agentAttribute, value: request.agentId },
    { key: outcomeAttribute, value: 'running' },
  ]);
  showPhase(request, 'Reserving');
}

export function showPhase({ agentId, organizationId }: InvocationRequest, note: string): void {
  // The Web UI takes a text between two dollar signs for a formula.
  setCurrentDetails(`**${agentId}** for **${organizationId}**: ${note.replaceAll('$', 'USD ')}`);
}

/** Current details need a worker to be read; result and memo stay readable without one. */
export function endWith(request: InvocationRequest, receipt: InvocationReceipt): void {
  upsertSearchAttributes([{ key: outcomeAttribute, value: receipt.status }]);
  upsertMemo({ [MemoField.receipt]: receipt });
  showPhase(request, endingOf(receipt));
}

function endingOf({ status, reservedUsd, chargedUsd, denial, error }: InvocationReceipt): string {
  const why = denial?.reason ?? error?.message;
  return `${status}. Reserved $${String(reservedUsd)}, charged $${String(chargedUsd)}.${why === undefined ? '' : ` ${why}`}`;
}

type Finish = (status: 'failed' | 'cancelled', error: { type: string; message: string }) => Promise<unknown>;

const ended = new WeakSet<Error>();

/**
 * Ends the run with a failure that Temporal ends runs with (any other error would leave it running for ever), its receipt
 * in the details.
 */
export async function failureWith(error: unknown, finish: Finish): Promise<Error> {
  if (error instanceof Error && ended.has(error)) return error;
  const named = namedFailure(error);
  const { message } = named;
  const isCancelled = isCancellation(error);
  const type = named instanceof ApplicationFailure && named.type ? named.type : named.name;
  const receipt = await finish(isCancelled ? 'cancelled' : 'failed', { type: isCancelled ? FailureType.cancelled : type, message });
  const failure = isCancelled
    ? new CancelledFailure(message, [receipt])
    : ApplicationFailure.create({
        message,
        type,
        details: [receipt],
        nonRetryable: isRefusal(named),
        ...(error instanceof Error && { cause: error }),
      });
  ended.add(failure);
  return failure;
}
