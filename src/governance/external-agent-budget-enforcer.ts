import { enforcerConfig } from '../contract/schemas/governance';
import { parse } from '../contract/schemas/parse';
import { BUDGET_DEFAULTS } from '../domain/budget';
import { fromUsd } from '../domain/money';
import type { BudgetStore } from '../store/budget-store';
import { createMemoryStore } from '../store/memory/memory-store';
import { checkResult, type BudgetCheckResult } from './check-result';
import { accountOf, type ExternalAgentBudget, type ExternalAgentBudgetConfig } from './external-agent-budget';

export interface EnforcerOptions {
  readonly config?: ExternalAgentBudgetConfig;
  /** A ledger whose budgets must pass as well; without one, the value that is checked decides alone. */
  readonly store?: Pick<BudgetStore, 'check'>;
  /** Epoch milliseconds. Default: this machine's clock. */
  readonly now?: () => number;
}

/**
 * Checks calls against budgets that are plain values, by the ledger's own rules. It counts nothing: what is spent is what the
 * value says. To have calls counted, and to keep those at the same time apart, use GovernanceService.
 */
export class ExternalAgentBudgetEnforcer {
  readonly #config: Required<ExternalAgentBudgetConfig>;
  readonly #store: Pick<BudgetStore, 'check'>;
  readonly #now: () => number;

  /** Throws DomainError InvalidRequest for thresholds that are no shares over 0. */
  constructor({ config = {}, store = createMemoryStore(), now = Date.now }: EnforcerOptions = {}) {
    const { warningThreshold, degradationThreshold, enforcementMode } = parse(enforcerConfig, 'The enforcer configuration', config);
    this.#config = {
      warningThreshold: warningThreshold ?? BUDGET_DEFAULTS.warningThreshold,
      degradationThreshold: degradationThreshold ?? BUDGET_DEFAULTS.degradationThreshold,
      enforcementMode: enforcementMode ?? BUDGET_DEFAULTS.mode,
    };
    this.#store = store;
    this.#now = now;
  }

  /**
   * Decides one call of `estimatedCost` USD. Rejects with DomainError InvalidRequest or InvalidAmount for what is no budget or no
   * estimate, with LedgerUnavailable when the store does not answer.
   */
  async checkBudget(budget: ExternalAgentBudget, { estimatedCost }: { readonly estimatedCost: number }): Promise<BudgetCheckResult> {
    const at = this.#now();
    const { call, account } = accountOf(budget, this.#config, at);
    return checkResult(await this.#store.check({ kind: 'check', call, estimateMicroUsd: fromUsd(estimatedCost), at, also: [account] }));
  }
}
