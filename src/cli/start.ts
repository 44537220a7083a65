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
import { startGround } from '../ground/ground';
import { stopped } from '../ground/stopping';
import { serveHttp, type HttpService } from './http-service';
import { startService, type Service } from './service';
import { estimateUsd } from './servers';
import { curlOf } from './curl';

/** The most runs that one start makes, whatever they cost. */
const MOST_RUNS = 50;

/** Brings everything up, runs the sample until its budget denies (a later start: once), and stays up until `stopping` aborts. */
export async function start(
  config: Config,
  sample: SampleDocument,
  printer: Printer,
  warn: (line: string) => void,
  stopping: AbortSignal,
): Promise<void> {
  const service = await startService(() => startGround(config, printer.progress, stopping), config, stopping);
  const { temporal, postgres } = service.ground;
  const { dataFolder, taskQueue } = config;
  const addresses = { temporalAddress: temporal.address, namespace: temporal.namespace, webUi: temporal.uiUrl, databaseUrl: postgres.url };
  let http: HttpService | undefined;
  try {
    http = await serveHttp(service, config, warn);
    stopping.throwIfAborted();
    await leaveAddresses(dataFolder, { pid: process.pid, taskQueue, ...addresses });
    printer.ready({
      temporal: temporal.address,
      namespace: temporal.namespace,
      webUi: temporal.uiUrl,
      database: withoutPassword(postgres.url),
      api: http.url,
      adminKey: http.adminKeyFile,
    });
    const end = Promise.race([stopped(stopping), service.running]);
    // Its calls are cut off: one that is under way when its connection closes throws where nobody catches.
    const sampled = service.temporal.withAbortSignal(stopping, () => runSample(service, config, sample, printer, stopping));
    const untilStopped = (error: unknown) => {
      if (!stopping.aborted) throw error;
    };
    await Promise.race([sampled.catch(untilStopped), end]);
    if (!stopping.aborted) {
      printer.example(curlOf(http, sampleAgent(config.openai).agentId));
      printer.note('Up until Ctrl-C.');
    }
    await end;
  } finally {
    printer.note('Stopping: runs in flight get 15 s to end.');
    // Any that stay are known for stale by their process.
    await removeAddresses(dataFolder).catch(() => undefined);
    await http?.close();
    await service.stop();
  }
}

async function runSample(service: Service, config: Config, sample: SampleDocument, printer: Printer, stopping: AbortSignal): Promise<void> {
  const { temporal } = service.ground;
  const agent = sampleAgent(config.openai);
  const request = sampleRequest(agent.agentId, sample.document, sample.title);
  const estimate = estimateUsd(agentDefinition.parse(agent), request.input);
  const isNew = await ensureSample(service.store, agent, estimate);
  stopping.throwIfAborted();
  if (isNew) await service.scheduleResets();
  for (const { budgetId } of await service.store.budgets(SAMPLE_ORGANIZATION)) {
    const status = await budgetStatus(service.store, SAMPLE_ORGANIZATION, budgetId, Date.now());
    stopping.throwIfAborted();
    if (status !== null) printer.budget(status);
  }
  for (let run = 0; run < (isNew ? MOST_RUNS : 1); run += 1) {
    stopping.throwIfAborted();
    const started = await service.invocations.start(request);
    stopping.throwIfAborted();
    const receipt = await endOf(started.result());
    stopping.throwIfAborted();
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
