import type { AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { serveDirectLine } from './direct-line-server';
import { call, connectors, definition } from './fixtures';

type DirectLine = Awaited<ReturnType<typeof serveDirectLine>>;

/** A Direct Line for the tests of a file, reset before each, and how its bot is run. */
export function useDirectLine() {
  let directLine: DirectLine;
  beforeAll(async () => {
    directLine = await serveDirectLine();
  });
  beforeEach(() => {
    directLine.reset();
  });
  afterAll(() => directLine.server.close());

  const agent = (more: object = {}) => {
    const base = { platform: 'copilot_studio', agentId: 'copilot', endpoint: directLine.server.url, secret: 'env:AGENT_KEY' };
    return definition({ ...base, quietPeriodMs: 200, pollIntervalMs: 50, ...more } as AgentDefinitionInput);
  };
  const run = (more: object = {}, ...given: Parameters<typeof call>) => connectors().run(agent(more), call(...given));
  /** For what is declared before the server is there. */
  const here = new Proxy({} as DirectLine, { get: (_none, name): unknown => Reflect.get(directLine, name) });
  return { directLine: here, agent, run };
}
