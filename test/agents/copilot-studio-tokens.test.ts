import { useDirectLine } from './copilot';
import { answersTo, botSays, json, refuses, type Route } from './direct-line-server';
import { failureOf } from './fixtures';

const { directLine, run } = useDirectLine();
const bearers = (route: Route) => directLine.requestsOf(route).map(({ headers }) => headers.authorization);

describe('tokens of a Copilot Studio bot', () => {
  it('come from its token endpoint, with the region of the bot', async () => {
    const tokenEndpoint = `${directLine.server.url}/env/powervirtualagents/botsbyschema/my_bot/directline/token?api-version=2022-03-01-preview`;
    await run({ secret: undefined, endpoint: undefined, tokenEndpoint }, 'hi');
    expect(directLine.times('settings')).toBe(1);
    expect(bearers('token')).toEqual([undefined]);
    expect(bearers('start')).toEqual(['Bearer token-1-of-the-conversation']);
    expect(bearers('message')).toEqual(['Bearer token-2-of-the-conversation']);
  });

  it('come from a token server of your own', async () => {
    const tokenEndpoint = `${directLine.server.url}/my-own-tokens`;
    await run({ secret: undefined, endpoint: `${directLine.server.url}/v3/directline/`, tokenEndpoint }, 'hi');
    expect([directLine.times('token'), directLine.times('settings'), directLine.times('start')]).toEqual([1, 0, 1]);
  });

  it('are refreshed before they end', async () => {
    directLine.reset({ expiresInSeconds: 1, bot: [[1_600, botSays('slow')]] });
    expect(await run({}, 'hi')).toMatchObject({ output: { text: 'slow' } });
    expect(bearers('refresh').slice(0, 2)).toEqual(['Bearer token-1-of-the-conversation', 'Bearer token-2-of-the-conversation']);
    expect(bearers('poll').at(-1)).not.toBe(bearers('poll')[0]);
  });

  it('serve on when a refresh fails', async () => {
    directLine.reset({ ...refuses('refresh', 500), expiresInSeconds: 2, bot: [[1_100, botSays('slow')]] });
    expect(await run({}, 'hi')).toMatchObject({ output: { text: 'slow' } });
    expect(directLine.times('refresh')).toBe(1);
  });

  it('serve on while a refresh hangs: the answer is paid for', async () => {
    directLine.reset({ ...answersTo('refresh', () => undefined), expiresInSeconds: 1.6, bot: [[10, botSays('Hello')]] });
    expect(await run({ quietPeriodMs: 900 }, 'hi', { signal: AbortSignal.timeout(6_000) })).toMatchObject({ output: { text: 'Hello' } });
    expect([directLine.times('refresh'), directLine.times('end')]).toEqual([1, 1]);
  });

  it('are not refreshed to say goodbye', async () => {
    directLine.reset({
      expiresInSeconds: 1.4,
      instead: (route, response) => {
        // By the time of this answer a refresh is due, and would hang.
        if (route === 'poll') setTimeout(json, 800, response, 404, {});
        return route === 'poll' || route === 'refresh';
      },
    });
    const failure = await failureOf(run({}, 'hi', { signal: AbortSignal.timeout(6_000) }));
    expect(failure).toMatchObject({ code: 'AgentRejected', mayHaveBeenBilled: true });
    expect([directLine.times('refresh'), directLine.times('end')]).toEqual([0, 1]);
  });

  it('that cannot be refreshed end the attempt, which may have been billed', async () => {
    directLine.reset({ ...refuses('refresh', 403), expiresInSeconds: 0.3, bot: [] });
    const failure = await failureOf(run({}, 'hi'));
    expect(failure).toMatchObject({ code: 'AgentMisconfigured', isRetryable: false, mayHaveBeenBilled: true });
    expect(failure.message).toContain('Token has expired: ***');
  });
});
