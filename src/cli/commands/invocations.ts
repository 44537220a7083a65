import type { Client, WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { InvocationOutcome, SearchAttributeName } from '../../contract/names/search-attributes';
import { invocationWorkflowId, MemoField, WorkflowName } from '../../contract/names/workflows';
import type { InvocationReceipt } from '../../contract/payloads/invocation';
import { assertId } from '../../domain/scope';
import { invocationJson, lastReceipt } from '../../http/invocation-mapping';
import { command } from '../args/command';
import { oneOf, text, whole, withDefault } from '../args/flag';
import { UsageError } from '../args/usage-error';
import type { Context } from '../context';
import { ExitCode, NotFound, Unavailable } from '../exit-code';
import { linkTo } from '../link';
import { loadClient } from '../load-client';
import { invocationTable, invocationText, outputText, type ListedInvocation } from '../views/invocation-text';
import { invocationView } from '../views/invocation-view';
import { WORKER_ADVICE } from './workers';
import { isUnknown, statusOf } from '../workflow-status';

const ID_NOTE = ['ID is the workflow id, agent-invocation/ORG/KEY, or, with --org, its last part.'];
const organizationOfId = text('ORG', 'the organization, where ID is only the last part of the workflow id');

const OUTPUT_PATIENCE_MS = 5_000;

const list = command({
  name: 'invocations list',
  summary: 'invocations, the newest first',
  flags: {
    org: text('ORG', 'of this organization only'),
    agent: text('AGENT', 'of this agent only'),
    outcome: oneOf(Object.values(InvocationOutcome), 'that stand so'),
    limit: withDefault(whole('how many at most', 1, 10_000), 20),
  },
  examples: [
    ['agent-budget invocations list --org acme --outcome denied', 'who was denied lately'],
    ['agent-budget invocations list --agent summarizer --limit 1000 --json | jq .cost_usd', 'what the last thousand cost'],
  ],
  notes: ['Asked of Temporal, which forgets runs after its retention; what was charged stays in `budgets entries`.'],
  run: async (context, { org, agent, outcome, limit }) => {
    const { client, place } = await context.temporal();
    const query = queryOf({ organization: org, agent, outcome });
    const rows = await context
      .progress('Asking Temporal', () => firstOf(client, query, limit))
      .catch((error: unknown) => {
        throw isAttributeUnknown(error)
          ? new Unavailable(`${place.namespace} does not know our search attributes yet. ${WORKER_ADVICE}`)
          : error;
      });
    const listed = rows.map((run) => listedOf(run, linkTo(place, run.workflowId)));
    context.output.list(listed, (terminal) => (listed.length === 0 ? 'No invocations.' : invocationTable(listed, terminal)));
    return ExitCode.ok;
  },
});

const show = command({
  name: 'invocations show',
  summary: 'what became of an invocation',
  operands: ['ID'],
  flags: { org: organizationOfId },
  examples: [['agent-budget invocations show order-4711 --org acme', 'its status, cost and denial, and what its agent answered']],
  notes: ID_NOTE,
  run: async (context, { org }, [id = '']) => {
    const workflowId = workflowIdOf(id, org);
    const { client, place } = await context.temporal();
    const { createBudgetClient } = await loadClient();
    const budget = createBudgetClient(client);
    const found = await orNotFound(workflowId, () => budget.describe(workflowId));
    const receipt = lastReceipt(found);
    const hasOutput = receipt?.status === 'completed';
    const output = hasOutput ? ((await budget.result(workflowId, AbortSignal.timeout(OUTPUT_PATIENCE_MS)))?.output ?? null) : null;
    const webUiLink = linkTo(place, workflowId);
    const view = invocationView({ workflowId, status: found.state?.outcome ?? statusOf(found.status), webUiLink }, receipt);
    context.output.document({ organizationId: view.organizationId, ...invocationJson(found, output, webUiLink) }, (terminal) => {
      const answer = hasOutput ? `\n\n${outputText(output)}` : '';
      return `${invocationText(view, terminal)}${answer}`;
    });
    return ExitCode.ok;
  },
});

const cancel = command({
  name: 'invocations cancel',
  summary: 'ask an invocation to stop; what it cost by then is charged',
  operands: ['ID'],
  flags: { org: organizationOfId },
  examples: [['agent-budget invocations cancel order-4711 --org acme', 'asks it to stop, and returns']],
  notes: ID_NOTE,
  run: async (context: Context, { org }, [id = '']) => {
    const workflowId = workflowIdOf(id, org);
    const { client } = await context.temporal();
    const ended = await orNotFound(workflowId, () => cancelled(client.workflow.getHandle(workflowId)));
    const named = { workflowId, status: ended === null ? 'cancelling' : statusOf(ended) };
    context.output.document(named, () => (ended === null ? `Asked ${workflowId} to stop.` : `${workflowId} had ended: ${named.status}.`));
    return ExitCode.ok;
  },
});

export const invocations = [list, show, cancel];

interface Filter {
  readonly organization: string | undefined;
  readonly agent: string | undefined;
  readonly outcome: InvocationOutcome | undefined;
}

/** Temporal's visibility query for invocations. Throws InvalidRequest for an id that is none: no quote gets into a query. */
export function queryOf(filter: Filter): string {
  const terms = (['organization', 'agent', 'outcome'] as const).flatMap((name) => {
    const value = filter[name];
    if (value === undefined) return [];
    assertId(name, value);
    return [`${SearchAttributeName[name]} = '${value}'`];
  });
  return [`WorkflowType = '${WorkflowName.agentInvocation}'`, ...terms].join(' AND ');
}

/** The workflow of an invocation. Throws UsageError where its organization is not said. */
export function workflowIdOf(id: string, organizationId: string | undefined): string {
  const parts = id.split('/');
  if (parts.length === 3 && parts[0] === 'agent-invocation') return id;
  if (parts.length > 1) throw new UsageError(`${JSON.stringify(id)} is no invocation: their ids are agent-invocation/ORG/KEY.`);
  if (organizationId === undefined)
    throw new UsageError(`Whose invocation ${JSON.stringify(id)} is needs --org ORG, or the whole workflow id.`);
  return invocationWorkflowId(organizationId, id);
}

/** Asks a run to stop; null where it was asked, else how it had ended. */
export async function cancelled(run: Pick<WorkflowHandle, 'describe' | 'cancel'>): Promise<string | null> {
  const { status } = await run.describe();
  if (status.name !== 'RUNNING') return status.name;
  try {
    await run.cancel();
    return null;
  } catch (error) {
    // It may have ended since, which this says, or have been forgotten, which this throws.
    if (isUnknown(error)) return (await run.describe()).status.name;
    throw error;
  }
}

async function orNotFound<Answer>(workflowId: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!isUnknown(error)) throw error;
    throw new NotFound(`Temporal knows no ${workflowId}, or has forgotten it. What it cost stays in \`agent-budget budgets entries\`.`);
  }
}

// The first worker registers them.
function isAttributeUnknown(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message.includes('is not a valid search attribute');
}

async function firstOf({ workflow }: Client, query: string, most: number): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  for await (const run of workflow.list({ query, pageSize: Math.min(most, 1_000) })) {
    found.push(run);
    if (found.length >= most) break;
  }
  return found;
}

function listedOf(
  { workflowId, status, startTime, closeTime, memo, typedSearchAttributes }: WorkflowExecutionInfo,
  webUiLink: string | null,
): ListedInvocation {
  const attribute = (name: string) => {
    const found = typedSearchAttributes.getAll().find(({ key }) => key.name === name)?.value;
    return typeof found === 'string' ? found : null;
  };
  const outcome = status.name === 'TERMINATED' || status.name === 'TIMED_OUT' ? null : attribute(SearchAttributeName.outcome);
  const receipt = (memo?.[MemoField.receipt] as InvocationReceipt | undefined) ?? null;
  const view = invocationView({ workflowId, status: outcome ?? statusOf(status.name), webUiLink }, receipt);
  return {
    ...view,
    organizationId: view.organizationId ?? attribute(SearchAttributeName.organization),
    externalAgentId: view.externalAgentId ?? attribute(SearchAttributeName.agent),
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
  };
}
