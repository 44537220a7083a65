import { createConnectors } from '../../src/agents/connectors';
import { AgentFailure, type AgentCall } from '../../src/agents/agent';
import type { InProcessAgents } from '../../src/agents/in-process';
import { agentDefinition, type AgentDefinition, type AgentDefinitionInput } from '../../src/contract/schemas/agent';
import { createOutbound } from '../../src/outbound/outbound';

export const SECRET = 'sk-very-secret-0123456789';
const env = { AGENT_KEY: SECRET, EMPTY: '', BROKEN: 'two\nlines' };

export const outbound = createOutbound({ allowPrivateTargets: true });
export const guarded = createOutbound({ allowPrivateTargets: false });

export function connectors(inProcess: InProcessAgents = {}, through = outbound) {
  return createConnectors({ outbound: through, env, inProcess, now: () => Date.UTC(2026, 0, 1) });
}

export function definition(input: AgentDefinitionInput): AgentDefinition {
  return agentDefinition.parse(input);
}

export function call(input: unknown, overrides: Partial<AgentCall> = {}): AgentCall {
  const signal = new AbortController().signal;
  return { organizationId: 'acme', input, idempotencyKey: 'key-1', signal, onProgress: () => undefined, ...overrides };
}

/** The AgentFailure that a call ends with; fails when it succeeds or throws anything else. */
export async function failureOf(run: Promise<unknown>): Promise<AgentFailure> {
  const outcome = await run.then(
    () => 'no failure at all',
    (error: unknown) => error,
  );
  if (outcome instanceof AgentFailure) return outcome;
  throw new Error(`Expected an AgentFailure, got ${String(outcome)}`);
}
