import { hasTimedOut, throwIfAborted, timedOut } from './aborted';
import { AgentFailure, AgentFailureCode, type AgentAnswer, type AgentCall, type InProcessAgent, type InProcessAnswer } from './agent';
import type { AgentOn } from './agent-on';
import { costOf } from './cost';
import { readCost } from './reported-cost';

/** How long a function may take to end by itself, and tell its cost, once its time is up. */
const GRACE_MS = 250;

/** In-process agents by the function name that definitions use. */
export type InProcessAgents = Readonly<Record<string, InProcessAgent>>;

/** Runs agents that are functions of this process. */
export function createInProcessConnector(functions: InProcessAgents) {
  return {
    async run(agent: AgentOn<'in_process'>, call: AgentCall): Promise<AgentAnswer> {
      const implementation = findInProcess(functions, agent);
      const answer = await settledInTime(agent, call, () => implementation.run({ ...call, agent }));
      const usage = answer.usage ?? null;
      return { output: answer.output, usage, ...costOf(agent, { reported: readCost(answer.costUsd), usage }) };
    },
  };
}

function findInProcess(functions: InProcessAgents, agent: AgentOn<'in_process'>): InProcessAgent {
  const found = Object.hasOwn(functions, agent.functionName) ? functions[agent.functionName] : undefined;
  if (found !== undefined) return found;
  const message = `Agent ${agent.agentId} is the function ${agent.functionName}, which this worker does not have`;
  throw new AgentFailure(AgentFailureCode.misconfigured, message, { isRetryable: false, mayHaveBeenBilled: false });
}

/**
 * A cancelled function is waited for, so that its cost is known before the hold is settled; past its time-out one that
 * ignores the signal is left behind, or it would hold its worker slot for ever.
 */
async function settledInTime(agent: AgentOn<'in_process'>, call: AgentCall, run: () => Promise<InProcessAnswer>): Promise<InProcessAnswer> {
  throwIfAborted(agent, call);
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const timeOut = new Promise<never>((_, reject) => {
    onAbort = () => {
      if (!hasTimedOut(call.signal)) return;
      timer = setTimeout(() => {
        reject(timedOut(agent));
      }, GRACE_MS);
    };
    call.signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([run(), timeOut]);
  } catch (error) {
    // A failure that carries its cost says more than the abort does.
    if (error instanceof AgentFailure) throw error;
    throwIfAborted(agent, call);
    const why = error instanceof Error ? error.message : String(error);
    const details = { isRetryable: true, mayHaveBeenBilled: false, cause: error };
    throw new AgentFailure(AgentFailureCode.failed, `Agent ${agent.agentId} failed: ${why}`, details);
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', onAbort);
  }
}
