import type { Connector } from '../src/agents/agent';
import type { AgentDefinition } from '../src/contract/schemas/agent';
import type { BudgetStore } from '../src/store/budget-store';

/** What the activities work with; the worker puts it together. */
export interface ActivityDependencies {
  readonly store: BudgetStore;
  readonly connectors: Connector;
  /** What one call is expected to cost when the caller does not say, in USD. */
  readonly estimateCostUsd: (agent: AgentDefinition, input: unknown) => number;
}
