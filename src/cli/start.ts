import type { Config } from '../config';
import { agentDefinition } from '../contract/schemas/agent';
import type { InvocationReceipt } from '../contract/payloads/invocation';
import { InvocationFailed } from '../client';
import { budgetStatus } from '../store/reports';
import type { StartOptions } from './options';
import type { Printer } from './printer';
import { ensureSample, SAMPLE_ORGANIZATION, sampleAgent, sampleRequest } from './sample';
import { startService, type Service } from './service';

/** The most runs that one start makes, whatever they cost. */
const MOST_RUNS = 50;

/** Brings everything up, runs the sample until its budget denies (a later start: once), and stays up until `stopped`. */
export async function start(config: Config, options: StartOptions, printer: Printer, stopped: Promise<void>): Promise<void> {
  const service = await startService(config, (line) => {
    printer.progress(line);
  });
  try {
    const { temporal, postgres } = service.ground;
    printer.ready({
      temporal: temporal.address,
      namespace: temporal.namespace,
      webUi: temporal.uiUrl,
      database: postgres.url.replace(/:[^:@/]+@/, ':***@'),
    });
    await Promise.race([runSample(service, config, options, printer), stopped, service.running]);
    printer.note('Still up: start invocations with a client, or stop with Ctrl-C.');
    await Promise.race([stopped, service.running]);
  } finally {
    printer.note('Stopping: runs in flight get 15 s to end.');
    await service.stop();
  }
}

async function runSample(service: Service, config: Config, options: StartOptions, printer: Printer): Promise<void> {
  const agent = sampleAgent(config.openai);
  const request = sampleRequest(agent.agentId, options.document, options.title);
  const estimateUsd = service.estimateUsd(agentDefinition.parse(agent), request.input);
  const isNew = await ensureSample(service.store, agent, estimateUsd);
  if (isNew) await service.scheduleResets();
  for (const { budgetId } of await service.store.budgets(SAMPLE_ORGANIZATION)) {
    const status = await budgetStatus(service.store, SAMPLE_ORGANIZATION, budgetId, Date.now());
    if (status !== null) printer.budget(status);
  }
  for (let run = 0; run < (isNew ? MOST_RUNS : 1); run += 1) {
    const started = await service.client.start(request);
    const receipt = await endOf(started.result());
    printer.receipt(receipt, linkTo(service, started.workflowId));
    if (receipt.status !== 'completed') return;
  }
}

// A failed run has a receipt as well: what it cost is charged and shown.
async function endOf(result: Promise<InvocationReceipt & { output?: unknown }>): Promise<InvocationReceipt> {
  try {
    return { ...(await result), output: undefined } as InvocationReceipt;
  } catch (error) {
    if (error instanceof InvocationFailed && error.receipt !== null) return error.receipt;
    throw error;
  }
}

function linkTo({ ground: { temporal } }: Service, workflowId: string): string | null {
  return temporal.uiUrl === null ? null : `${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
