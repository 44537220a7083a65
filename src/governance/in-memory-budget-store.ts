import type { BudgetStore } from '../store/budget-store';
import { createMemoryStore } from '../store/memory/memory-store';

export type InMemoryBudgetStore = BudgetStore;

/** `new InMemoryBudgetStore()`: a ledger in this process's memory, for tests and trials. The same as `createMemoryStore()`. */
export const InMemoryBudgetStore = createMemoryStore as unknown as new () => InMemoryBudgetStore;
