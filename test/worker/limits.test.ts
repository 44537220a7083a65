import { WORKER_LIMITS } from '../../src/contract/worker-limits';
import { slotsOf } from '../../src/worker/create-worker';

test('by default, a worker has slots for agents that wait and for tasks that wait for the ledger, and the cache that its heap has room for', () => {
  expect(slotsOf(WORKER_LIMITS)).toEqual({
    maxConcurrentActivityTaskExecutions: 500,
    maxConcurrentActivityTaskPolls: 10,
    maxConcurrentWorkflowTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
    maxConcurrentWorkflowTaskPolls: 10,
  });
});

test('of no kind there are more polls than may run, which the SDK refuses', () => {
  expect(slotsOf({ activities: 1, workflowTasks: 2, polls: 10, cachedRuns: 3 })).toEqual({
    maxConcurrentActivityTaskExecutions: 1,
    maxConcurrentActivityTaskPolls: 1,
    maxConcurrentWorkflowTaskExecutions: 2,
    maxConcurrentLocalActivityExecutions: 2,
    maxConcurrentWorkflowTaskPolls: 2,
    maxCachedWorkflows: 3,
  });
});
