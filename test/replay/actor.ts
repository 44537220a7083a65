import { AgentFailure, AgentFailureCode, type InProcessAgent } from '../../src/agents/agent';

/** What an agent does when it is called: answers, unless it fails, for now or for good, or hangs until it is stopped. */
export interface Turn {
  readonly costUsd?: number;
  readonly does?: 'fail' | 'fail for good' | 'hang';
}

const calls = new Map<string, number>();

/** Takes the turns that its input names, one a call of a run; then answers. */
export const actor: InProcessAgent = {
  run: async ({ input, idempotencyKey, signal }) => {
    const n = calls.get(idempotencyKey) ?? 0;
    calls.set(idempotencyKey, n + 1);
    const { costUsd, does } = (input as Turn[])[n] ?? { costUsd: 0.25 };
    const cost = costUsd === undefined ? {} : { costUsd };
    if (does === undefined) return { output: 'done', ...cost };
    if (does === 'hang') {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      if (costUsd === undefined) throw signal.reason as Error;
      throw new AgentFailure(AgentFailureCode.cancelled, 'stopped', { isRetryable: false, mayHaveBeenBilled: true, ...cost });
    }
    const details = { isRetryable: does === 'fail', mayHaveBeenBilled: false, ...cost };
    throw new AgentFailure(AgentFailureCode.unavailable, 'upstream said 503', details);
  },
};
