import { setTimeout as pause } from 'node:timers/promises';
import { LedgerUnavailable } from '../store/ledger-unavailable';

const LONGEST_PAUSE_MS = 5_000;

/** What the ledger is still to be told, in the background, for as long as it is away. */
export interface Settlements {
  /** Tells it; what belongs together under one `key`, one after the other. A refusal becomes a process warning. */
  add(key: string, tell: () => Promise<unknown>): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createSettlements(): Settlements {
  const underWay = new Map<string, Promise<void>>();
  return {
    add: (key, tell) => {
      const before = underWay.get(key) ?? Promise.resolve();
      const told = before.then(() => untilLedgerAnswers(tell)).catch(warn);
      underWay.set(key, told);
      void told.then(() => {
        if (underWay.get(key) === told) underWay.delete(key);
      });
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}

async function untilLedgerAnswers(tell: () => Promise<unknown>): Promise<void> {
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      await tell();
      return;
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      // A process that has nothing else to do may end: the hold's TTL then settles what it could not.
      await pause(pauseMs, undefined, { ref: false });
    }
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(`What a request has cost could not be recorded. ${reason}`, {
    type: 'AgentBudgetWarning',
    code: 'AGENT_BUDGET_NOT_RECORDED',
  });
}
