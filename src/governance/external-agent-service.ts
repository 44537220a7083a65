import type { Client } from '@temporalio/client';
import { createBudgetClient } from '../client';
import { readConfig } from '../config';
import type { InvocationRequest, InvocationResult } from '../contract/payloads/invocation';
import { SetupError } from '../contract/setup-error';
import { BudgetExceededError } from './budget-exceeded-error';
import type { BudgetCheckResult } from './check-result';
import { connectTemporal } from './connect-temporal';
import { GovernanceService, type GovernanceServiceOptions } from './governance-service';
import type { BudgetCheckRequest } from './requests';

/** One invocation of a registered agent. Ids as in budgets; amounts are USD. */
export interface AgentInvocation {
  readonly agentId: string;
  readonly organizationId: string;
  readonly teamId?: string;
  readonly userId?: string;
  /** What the agent gets, as JSON. */
  readonly requestData: unknown;
  /** Without it the agent's own estimate counts. */
  readonly estimatedCost?: number;
  /** The same key and body is one run, also after it has ended. */
  readonly idempotencyKey?: string;
}

export interface AgentBudgetCheck extends Omit<BudgetCheckRequest, 'externalAgentId'> {
  readonly agentId: string;
}

export interface ExternalAgentServiceOptions extends GovernanceServiceOptions {
  /** Your Temporal client. Default: one of its own, to TEMPORAL_ADDRESS or the server that `npm start` runs, made when it is needed. */
  readonly client?: Client;
  /** Where the workers listen; default `agent-budget`. */
  readonly taskQueue?: string;
}

/** Invokes agents in durable, budgeted workflows, whose workers decide by the ledger; and looks into that ledger before. */
export class ExternalAgentService {
  readonly #options: ExternalAgentServiceOptions;
  #governance: GovernanceService | null = null;
  #connecting: Promise<Client> | null = null;

  /** `store` or `databaseUrl`, else DATABASE_URL, is the workers' ledger; only `checkBudget` needs it. */
  constructor(options: ExternalAgentServiceOptions = {}) {
    this.#options = options;
  }

  /**
   * Runs an agent to its end. Throws BudgetExceededError, which carries the denial, when a budget denies; InvocationFailed, with
   * the receipt of what was charged, when the run fails (an agent that nobody registered: `AgentNotFound`); IdempotencyConflict
   * for a key of another request; DomainError InvalidRequest, before anything starts, for what is none.
   */
  async invoke({ requestData, estimatedCost, ...call }: AgentInvocation): Promise<InvocationResult> {
    const { taskQueue } = this.#options;
    const budget = createBudgetClient(await this.#client(), taskQueue === undefined ? {} : { taskQueue });
    const estimate = estimatedCost === undefined ? {} : { estimatedCostUsd: estimatedCost };
    const result = await budget.invoke({ ...call, ...estimate, input: requestData } satisfies InvocationRequest);
    if (result.status !== 'denied') return result;
    throw new BudgetExceededError(result.denial?.reason ?? 'Budget exceeded', { denial: result.denial, receipt: result });
  }

  /**
   * Whether a call of `estimatedCost` USD would be admitted now, and how its budgets stand. Nothing is held: `invoke` decides anew.
   * Rejects as GovernanceService.checkBudget, and with SetupError where there is no ledger to ask.
   */
  async checkBudget({ agentId, ...request }: AgentBudgetCheck): Promise<[allowed: boolean, info: BudgetCheckResult]> {
    this.#governance ??= new GovernanceService(this.#ledgerOptions());
    await this.#governance.initialize();
    const info = await this.#governance.checkBudget({ ...request, externalAgentId: agentId });
    return [info.allowed, info];
  }

  /** Closes the connections that this service made itself. */
  async close(): Promise<void> {
    const [governance, connecting] = [this.#governance, this.#connecting];
    this.#governance = null;
    this.#connecting = null;
    await governance?.close();
    await (await connecting?.catch(() => undefined))?.connection.close();
  }

  #client(): Promise<Client> {
    if (this.#options.client !== undefined) return Promise.resolve(this.#options.client);
    this.#connecting ??= connectTemporal().catch((error: unknown) => {
      this.#connecting = null;
      throw error;
    });
    return this.#connecting;
  }

  // Never in memory: that ledger would know of nothing that the workers spend, and allow everything.
  #ledgerOptions(): GovernanceServiceOptions {
    const { store, now, databaseUrl = readConfig().databaseUrl } = this.#options;
    const clock = now === undefined ? {} : { now };
    if (store !== undefined) return { ...clock, store };
    if (databaseUrl !== null) return { ...clock, databaseUrl };
    throw new SetupError(
      'ExternalAgentService has no ledger to check: pass the { store } or { databaseUrl } that your workers use, or set DATABASE_URL.',
    );
  }
}
