import { BudgetExceededError, GovernanceService } from 'agent-budget';

/** The whole of it: hold, work, charge. */
export async function once(databaseUrl: string, callTheAgent: () => Promise<{ costUsd: number }>): Promise<void> {
  const governance = new GovernanceService({ databaseUrl });
  await governance.initialize();

  const call = { organizationId: 'acme', externalAgentId: 'summarizer', userId: 'ada' };
  const reservation = await governance.reserve({ ...call, estimatedCost: 0.5 });
  if (!reservation.allowed) throw new BudgetExceededError(reservation.reason, reservation);
  const { costUsd } = await callTheAgent();
  await governance.commit({ organizationId: 'acme', key: reservation.key, actualCost: costUsd, executionSuccess: true });

  await governance.close();
}
