import { agentInvocation } from './agent-invocation';
import { alertTest, budgetAlert } from './alerts';
import { maintenance } from './maintenance';
import { closeEndedPeriods, monthlyReset } from './resets';
import type { Scenario } from './stage';
import { usersWorkflows } from './users-workflows';

/** How runs of every workflow can go, by workflow and outcome. Each has a recording at least. */
export const SCENARIOS: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  agentInvocation,
  monthlyReset,
  closeEndedPeriods,
  budgetAlert,
  alertTest,
  maintenance,
  ...usersWorkflows,
};
