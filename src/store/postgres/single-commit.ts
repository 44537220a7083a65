import type { Pool } from 'pg';
import { applyLocked } from './apply-locked';
import type { GroupCommit } from './group-commit';
import type { News } from './write-batches';

/** Each call in a transaction of its own, and nothing remembered: what group commit is measured against. */
export function createSingleCommit(writers: Pool, tell: (news: News) => void): GroupCommit {
  return {
    submit: async (organizationId, operations) => {
      const { outcomes, news } = await applyLocked(writers, organizationId, operations, { known: null, version: null, isGuess: false });
      for (const one of news) tell(one);
      return outcomes;
    },
    close: () => Promise.resolve(),
  };
}
