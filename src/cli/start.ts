import type { Config } from '../config';
import { agentDefinition } from '../contract/schemas/agent';
import type { InvocationReceipt } from '../contract/payloads/invocation';
import { InvocationFailed } from '../client';
import { budgetStatus } from '../store/reports';
import { linkTo } from './link';
import type { Printer } from './printer';
import type { SampleDocument } from './sample-document';
import { ensureSample, SAMPLE_ORGANIZATION, sampleAgent, sampleRequest } from './sample';
import { leaveAddresses, removeAddresses } from './running';
import { withoutPassword } from './show/address';
import { startService, type Service } from './service';

/** The most runs that one start makes, whatever they cost. */
const MOST_RUNS = 50;

/** Brings everything up, runs the sample until its budget denies (a later start: once), and stays up until `stopped`. */
export async function start(config: Config, sample: SampleDocument, printer: Printer, stopped: Promise<void>): Promise<void> {
  const service = await startService(config, (line) => {
    printer.progress(line);
  });
  const { temporal, postgres } = service.ground;
  const { dataFolder, taskQueue } = config;
  const addresses = { temporalAddress: temporal.address, namespace: temporal.namespace, webUi: temporal.uiUrl, databaseUrl: postgres.url };
  try {
    // The HTTP API starts here, on service.store and service.client, before anybody is told that all is ready.
    await leaveAddresses(dataFolder, { pid: process.pid, taskQueue, ...addresses });
    printer.ready({
      temporal: temporal.address,
      namespace: temporal.namespace,
      webUi: temporal.uiUrl,
      database: withoutPassword(postgres.url),
    });
    await Promise.race([runSample(service, config, sample, printer), stopped, service.running]);
    printer.note('Still up: start invocations with a client, or stop with Ctrl-C.');
    await Promise.race([stopped, service.running]);
  } finally {
    printer.note('Stopping: runs in flight get 15 s to end.');
    // Any that stay are known for stale by their process.
    await removeAddresses(dataFolder).catch(() => undefined);
    // The HTTP API stops here, before its store and its client.
    await service.stop();
  }
}

async function runSample(service: Service, config: Config, sample: SampleDocument, printer: Printer): Promise<void> {
  const { temporal } = service.ground;
  const agent = sampleAgent(config.openai);
  const request = sampleRequest(agent.agentId, sample.document, sample.title);
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
    printer.receipt(receipt, linkTo({ webUi: temporal.uiUrl, namespace: temporal.namespace }, started.workflowId));
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
