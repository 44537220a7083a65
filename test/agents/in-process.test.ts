import { setTimeout as sleep } from 'node:timers/promises';
import { AgentFailure, type InProcessAgent } from '../../src/agents/agent';
import { call, connectors, definition, failureOf } from './fixtures';

const agent = definition({
  platform: 'in_process',
  agentId: 'local',
  functionName: 'fn',
  prices: { inputUsdPerToken: 0.001, outputUsdPerToken: 0.002 },
});

function run(implementation: InProcessAgent['run'], signal?: AbortSignal) {
  return connectors({ fn: { run: implementation } }).run(agent, call('hello', signal === undefined ? {} : { signal }));
}

describe('an in-process agent', () => {
  it.each([
    ['reports its cost', { output: 1, costUsd: 0.5 }, { output: 1, usage: null, costUsd: 0.5, costSource: 'reported' }],
    [
      'reports usage',
      { output: 1, usage: { inputTokens: 10, outputTokens: 5 } },
      { output: 1, usage: { inputTokens: 10, outputTokens: 5 }, costUsd: 0.02, costSource: 'usage' },
    ],
    ['reports nothing', { output: null }, { output: null, usage: null, costUsd: null, costSource: 'estimate' }],
    ['reports NaN', { output: 1, costUsd: Number.NaN }, { output: 1, usage: null, costUsd: null, costSource: 'estimate' }],
    ['reports a credit', { output: 1, costUsd: -1 }, { output: 1, usage: null, costUsd: null, costSource: 'estimate' }],
  ])('%s', async (_, answer, expected) => {
    expect(await run(() => Promise.resolve(answer))).toEqual(expected);
  });

  it.each(['other', 'toString', '__proto__'])('the function %s is not there', async (functionName) => {
    const failure = await failureOf(connectors().run(definition({ platform: 'in_process', agentId: 'local', functionName }), call('x')));
    expect(failure).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false, mayHaveBeenBilled: false });
  });

  it('that throws has failed, and may be tried again', async () => {
    const failure = await failureOf(run(() => Promise.reject(new Error('disk full'))));
    expect(failure).toMatchObject({ code: 'AgentFailed', isRetryable: true, mayHaveBeenBilled: false, costUsd: null });
    expect(failure.message).toContain('disk full');
  });

  it('that throws before it returns a promise has failed too', async () => {
    const failure = await failureOf(
      run(() => {
        throw new Error('at once');
      }),
    );
    expect(failure).toMatchObject({ code: 'AgentFailed' });
  });

  it('that throws an AgentFailure keeps its cost', async () => {
    const own = new AgentFailure('AgentRejected', 'no', { isRetryable: false, mayHaveBeenBilled: false, costUsd: 0.3 });
    expect(await failureOf(run(() => Promise.reject(own)))).toBe(own);
  });

  it('past its time-out is left behind, also when it ignores the signal', async () => {
    const failure = await failureOf(run(() => sleep(60_000, { output: 1 }, { ref: false }), AbortSignal.timeout(20)));
    expect(failure).toMatchObject({ code: 'AgentTimedOut', isRetryable: true, mayHaveBeenBilled: true });
  });

  it('that stops at its time-out may still tell its cost', async () => {
    const own = new AgentFailure('AgentTimedOut', 'stopped', { isRetryable: true, mayHaveBeenBilled: false, costUsd: 0.1 });
    const failure = await failureOf(
      run(({ signal }) => sleep(60_000, { output: 1 }, { signal }).catch(() => Promise.reject(own)), AbortSignal.timeout(20)),
    );
    expect(failure).toBe(own);
  });

  it('that is cancelled is waited for, then the reason is thrown', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by the caller');
    let hasEnded = false;
    const running = run(async () => {
      await sleep(100);
      hasEnded = true;
      throw new Error('stopped');
    }, controller.signal);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(hasEnded).toBe(true);
  });

  it('that was cancelled before it began does not begin', async () => {
    let hasBegun = false;
    const running = run(
      () => {
        hasBegun = true;
        return Promise.resolve({ output: 1 });
      },
      AbortSignal.abort(new Error('too late')),
    );
    await expect(running).rejects.toThrow('too late');
    expect(hasBegun).toBe(false);
  });
});
