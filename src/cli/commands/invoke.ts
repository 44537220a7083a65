import { randomUUID } from 'node:crypto';
import { invocationWorkflowId } from '../../contract/names/workflows';
import type { InvocationRequest } from '../../contract/payloads/invocation';
import { toUsd } from '../../domain/money';
import { denialJson } from '../../http/denial';
import { command } from '../args/command';
import { span, text, toggle, usd, withDefault } from '../args/flag';
import type { Context } from '../context';
import { exitCodeOf, ExitCode, Unavailable, isUpdateUnanswered } from '../exit-code';
import { stopped } from '../../ground/stopping';
import { linkTo } from '../link';
import { loadClient } from '../load-client';
import { seconds } from '../show/format';
import { invocationIdOf, invocationView, standingView } from '../views/invocation-view';
import { invocationText, outputText } from '../views/invocation-text';
import { organization, readJson } from './common';
import { WORKER_ADVICE } from './workers';

export const invoke = command({
  name: 'invoke',
  summary: 'run an agent under its budgets, and wait for the answer',
  operands: ['AGENT'],
  flags: {
    org: organization,
    input: text('JSON|@FILE|-', 'what the agent gets; - is stdin'),
    estimate: usd("what it may cost; without it the agent's own estimate counts"),
    key: text('KEY', 'idempotency key: the same key and body is one run'),
    team: text('TEAM', 'on whose behalf'),
    user: text('USER', 'on whose behalf'),
    async: toggle('do not wait for the end, only for the decision'),
    patience: withDefault(span('how long a worker may take to decide'), 30_000, '30s'),
  },
  examples: [
    ['agent-budget invoke summarizer --org acme --input \'{"document":"long text"}\'', 'runs it and prints its answer'],
    ['agent-budget invoke summarizer --org acme --input @page.json --key order-4711 --async', 'starts it, once; see `invocations show`'],
    ['generate | agent-budget invoke writer --org acme --user ada --input - --json', 'one JSON document with output, cost_usd and denial'],
  ],
  notes: ["A denial is exit code 3, with the budget's reason. A run that fails is charged what it cost, and exits with 1."],
  run: async (context, values, [agentId = '']) => {
    const request: InvocationRequest = {
      organizationId: values.org,
      agentId,
      input: values.input === undefined ? null : await readJson(values.input, 'input'),
      // Always one: whoever waited in vain for a worker can then be told which run it is.
      idempotencyKey: values.key ?? randomUUID(),
      ...(values.team !== undefined && { teamId: values.team }),
      ...(values.user !== undefined && { userId: values.user }),
      ...(values.estimate !== undefined && { estimatedCostUsd: toUsd(values.estimate) }),
    };
    return values.async ? admit(context, request, values.patience) : runToEnd(context, request, values.patience);
  },
});

async function admit(context: Context, request: InvocationRequest, patienceMs: number): Promise<ExitCode> {
  const { place } = await context.temporal();
  const { workflowId, status, denial, grant, reservedUsd } = await admission(context, request, patienceMs);
  const webUiLink = linkTo(place, workflowId);
  const { agentId, organizationId } = request;
  const view = {
    ...invocationView({ workflowId, status, webUiLink }, null),
    organizationId,
    externalAgentId: agentId,
    reservedUsd,
    degradedMode: grant?.isDegraded ?? false,
    warningTriggered: (grant?.warningMessage ?? null) !== null,
    warningMessage: grant?.warningMessage ?? null,
    budget: grant && standingView(grant),
    denial: denial && denialJson(denial),
  };
  context.output.document(view, (terminal) => invocationText(view, terminal));
  return denial === null ? ExitCode.ok : ExitCode.denied;
}

async function runToEnd(context: Context, request: InvocationRequest, patienceMs: number): Promise<ExitCode> {
  const { place } = await context.temporal();
  const { InvocationFailed } = await loadClient();
  const budget = await clientOf(context, patienceMs);
  const { workflowId } = await admission(context, request, patienceMs);
  void stopped(context.stopping).then(() => {
    context.output.note(`${workflowId} goes on; \`agent-budget invocations cancel ${workflowId}\` stops it.`);
  });
  // Finds the run that the decision was asked of.
  const started = await budget.start(request);
  const named = { workflowId, status: 'failed', webUiLink: linkTo(place, workflowId) };
  try {
    const { output, ...receipt } = await context.progress(`Waiting for ${request.agentId}`, () => started.result());
    const view = { ...invocationView(named, receipt), output };
    context.output.document(view, (terminal) => {
      const answer = receipt.status === 'completed' ? `\n\n${outputText(output)}` : '';
      return `${invocationText(view, terminal)}${answer}`;
    });
    return receipt.status === 'denied' ? ExitCode.denied : ExitCode.ok;
  } catch (error) {
    if (!(error instanceof InvocationFailed)) throw error;
    const { type, message } = error;
    const view = { ...invocationView(named, error.receipt), error: { type, message }, output: null };
    context.output.document(view, (terminal) => invocationText(view, terminal));
    return exitCodeOf(error);
  }
}

async function admission(context: Context, request: InvocationRequest, patienceMs: number) {
  const budget = await clientOf(context, patienceMs);
  try {
    return await context.progress('Waiting for the decision', () => budget.admission(request));
  } catch (error) {
    if (exitCodeOf(error) !== ExitCode.unavailable || !isDeadline(error)) throw error;
    const { taskQueue } = await context.temporal();
    const workflowId = invocationWorkflowId(request.organizationId, request.idempotencyKey ?? '');
    throw new Unavailable(
      `No worker on task queue ${taskQueue} decided within ${seconds(patienceMs)}. The run will begin when one comes;` +
        ` \`agent-budget invocations cancel ${invocationIdOf(workflowId)} --org ${request.organizationId}\` takes it back. ${WORKER_ADVICE}`,
    );
  }
}

function isDeadline(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (('code' in cause && cause.code === 4) || isUpdateUnanswered(cause)) return true;
  }
  return false;
}

async function clientOf(context: Context, admissionTimeoutMs: number) {
  const { createBudgetClient } = await loadClient();
  const { client, taskQueue } = await context.temporal();
  return createBudgetClient(client, { taskQueue, admissionTimeoutMs });
}
