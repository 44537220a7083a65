import type { GovernanceService } from 'agent-budget';

// The same ids for both: a cost recorded without the user would never be seen by the user's budget.
const call = { externalAgentId: 'agent-001', organizationId: 'org-001', userId: 'user-001' };

/** Checks, runs, records: for work that may overshoot a little, since what runs at the same time can pass the check together. */
export async function runChecked(
  service: GovernanceService,
  execute: () => Promise<number>,
  log: (line: string) => void,
): Promise<boolean> {
  const result = await service.checkBudget({ ...call, estimatedCost: 10 });
  if (!result.allowed) {
    log(`Blocked: ${result.reason}`);
    return false;
  }
  if (result.warningTriggered) log(`Warning: ${result.warningMessage ?? ''}`);

  const startedAt = Date.now();
  const actualCost = await execute();
  await service.recordInvocationCost({
    ...call,
    actualCost,
    executionSuccess: true,
    metadata: { durationMs: Date.now() - startedAt },
  });
  return true;
}

/** Holds the estimate while the work runs: a hard cap, however many run at the same time. */
export async function runReserved(
  service: GovernanceService,
  execute: () => Promise<number>,
  log: (line: string) => void,
): Promise<boolean> {
  const reservation = await service.reserve({ ...call, estimatedCost: 10 });
  if (!reservation.allowed) {
    log(`Blocked: ${reservation.reason}`);
    return false;
  }
  const hold = { organizationId: call.organizationId, key: reservation.key };
  let actualCost: number;
  try {
    actualCost = await execute();
  } catch (error) {
    // Nobody knows what failed work has cost: it is charged as the organization's policy says, by default 0.
    await service.commit({ ...hold, actualCost: null, executionSuccess: false });
    throw error;
  }
  await service.commit({ ...hold, actualCost, executionSuccess: true });
  return true;
}
