import { GovernanceService } from '../../src/governance';
import type { Ledger } from '../store/support';

/** A governance service on a test's ledger, and calls of the test's organization. */
export async function serviceOn(ledger: Ledger, now?: () => number) {
  const service = new GovernanceService({ store: ledger.store, ...(now && { now }) });
  await service.initialize();
  const call = { organizationId: ledger.organizationId, externalAgentId: 'agent-001' };
  return {
    service,
    call,
    check: (estimatedCost: number) => service.checkBudget({ ...call, estimatedCost }),
    spend: (actualCost: number) => service.recordInvocationCost({ ...call, actualCost }),
    reserve: (estimatedCost: number, key?: string) => service.reserve({ ...call, estimatedCost, ...(key !== undefined && { key }) }),
  };
}

/** What every method is told when it is told well. */
export const GOOD = { organizationId: 'org', externalAgentId: 'agent-001', key: 'key', estimatedCost: 1, actualCost: 1 };

/** Calls a method with fields that its type forbids, as plain JavaScript may. */
export function callBadly(
  service: GovernanceService,
  method: 'checkBudget' | 'recordInvocationCost' | 'reserve' | 'commit' | 'release' | 'extend',
  request: unknown,
): Promise<unknown> {
  return (service[method] as (request: unknown) => Promise<unknown>).call(service, request);
}
