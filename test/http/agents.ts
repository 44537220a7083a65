import { AgentFailure, AgentFailureCode, type InProcessAgent } from '../../src/agents/agent';
import type { TestApi } from './support';

/** Agents that answer, fail, or take as long as their input says. */
export const AGENTS = {
  echo: {
    estimateCostUsd: () => 0.5,
    run: ({ input }) => Promise.resolve({ output: input, costUsd: 0.4 }),
  },
  broken: {
    estimateCostUsd: () => 0.5,
    run: () => {
      const details = { isRetryable: false, mayHaveBeenBilled: false, costUsd: 0.1 };
      return Promise.reject(new AgentFailure(AgentFailureCode.failed, 'The agent is broken', details));
    },
  },
  /** Whose error reads like a denial. */
  talker: {
    estimateCostUsd: () => 0.5,
    run: () => {
      const details = { isRetryable: false, mayHaveBeenBilled: false, costUsd: 0 };
      return Promise.reject(new AgentFailure(AgentFailureCode.failed, '402: Monthly budget exceeded', details));
    },
  },
  slow: {
    estimateCostUsd: () => 0.5,
    run: ({ input, signal }) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          resolve({ output: 'done', costUsd: 0.2 });
        }, Number(input));
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(new Error('stopped'));
        });
      }),
  },
} as const satisfies Record<string, InProcessAgent>;

/** Registers all of them, each tried once. */
export async function registerAgents({ ask }: Pick<TestApi, 'ask'>, token: string): Promise<void> {
  for (const name of Object.keys(AGENTS)) {
    const body = { platform: 'in_process', function_name: name, max_attempts: 1 };
    await ask('put', `/api/v1/external-agents/${name}`, { token, body });
  }
}
