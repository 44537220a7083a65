import type { RunPlan } from '../src/contract/payloads/invocation';
import type { AgentDefinitionInput } from '../src/contract/schemas/agent';

/** What the worker of bench/invocation.ts is told. Without a database its ledger is in its memory. */
export interface WorkerSettings {
  readonly address: string;
  readonly databaseUrl: string | null;
  /** The file of the bundled workflows. */
  readonly bundle: string;
}

export const ORGANIZATION = 'organization';
export const AGENT = { agentId: 'agent', platform: 'in_process', functionName: 'waits' } satisfies AgentDefinitionInput;
/** What workflows without a ledger know of the agent: the same as a reserve tells the others. */
export const PLAN: RunPlan = { platform: AGENT.platform, model: null, timeoutMs: 120_000, maxAttempts: 3 };
