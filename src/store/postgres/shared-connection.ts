import type { Pool, PoolClient } from 'pg';
import { LedgerUnavailable } from '../ledger-unavailable';
import { failureKind } from './failure-kind';

interface Lease {
  readonly client: Promise<PoolClient>;
  users: number;
  isBroken: boolean;
}

export interface SharedConnection {
  /** Runs `work` on the connection that the others use too, in the order of asking. Rejects with LedgerUnavailable. */
  use<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result>;
}

/** One connection for many, by whom it is kept while one of them has something under way. One that was lost is replaced. */
export function sharedConnection(pool: Pool): SharedConnection {
  let current: Lease | null = null;

  async function leave(lease: Lease): Promise<void> {
    lease.users -= 1;
    if (lease.users > 0) return;
    if (current === lease) current = null;
    (await lease.client).release(lease.isBroken);
  }

  return {
    use: async (work) => {
      const lease = current ?? { client: pool.connect(), users: 0, isBroken: false };
      current = lease;
      lease.users += 1;
      try {
        return await work(await lease.client);
      } catch (error) {
        const failure = error instanceof LedgerUnavailable ? error : new LedgerUnavailable(error);
        if (failureKind(failure) === 'unknown') {
          lease.isBroken = true;
          if (current === lease) current = null;
        }
        throw failure;
      } finally {
        await leave(lease).catch(() => undefined);
      }
    },
  };
}
