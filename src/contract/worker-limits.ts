/** How much one worker takes on at once. */
export interface WorkerLimits {
  /** Agents, and what else runs as an activity. */
  readonly activities: number;
  /** Workflow tasks, and as many local activities: reserves, and settles of runs that failed. At least 2. */
  readonly workflowTasks: number;
  /** Requests for work that wait at Temporal, of each kind of task: at least 2, and as many as may run of that kind at most. */
  readonly polls: number;
  /** Runs that are kept in memory; any other is replayed from its history when it goes on. null: what the SDK finds that the heap has room for. */
  readonly cachedRuns: number | null;
}

/** For a worker that is told nothing. */
export const WORKER_LIMITS: WorkerLimits = {
  // An agent waits for its provider, and takes a socket and a timer: the SDK's 100, at 30 s each, would be 3 runs a second.
  activities: 500,
  // A task waits for its hold, not for a processor, and what waits together is one batch of the ledger. While the ledger is away each waits
  // for seconds: with the SDK's 40, a few budgets' runs would keep every other run of the worker waiting.
  workflowTasks: 100,
  // The SDK's own. Each is a call that Temporal holds open; more of them made a run no faster (docs/benchmarks.md).
  polls: 10,
  cachedRuns: null,
};
