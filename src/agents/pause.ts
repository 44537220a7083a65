import { setTimeout } from 'node:timers/promises';
import { throwIfAborted } from './aborted';
import type { AgentCall } from './agent';

/** Waits so many milliseconds; throws at once, as the call then ends, when it is aborted. */
export async function pause(
  agent: { readonly agentId: string; readonly timeoutMs: number },
  call: Pick<AgentCall, 'signal'>,
  ms: number,
): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal: call.signal });
  } catch (error) {
    throwIfAborted(agent, call);
    throw error;
  }
}
