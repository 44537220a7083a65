import type { Client } from '@temporalio/client';
import { Unavailable } from '../exit-code';

/** How many workers asked a task queue for workflows in the last minutes: each of ours asks for activities too. */
export async function pollersOf({ connection }: Client, namespace: string, taskQueue: string): Promise<number> {
  return (await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue } })).pollers.length;
}

/** What only a worker can answer, or Unavailable after a while: nobody would know why a command stands still. */
export async function answerOfWorker<Answer>(asked: Promise<Answer>, taskQueue: string, patienceMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Unavailable(`No worker answered on task queue ${taskQueue} within ${String(patienceMs / 1_000)} s. ${WORKER_ADVICE}`));
    }, patienceMs);
  });
  try {
    return await Promise.race([asked, silence]);
  } finally {
    clearTimeout(timer);
  }
}

export const WORKER_ADVICE = 'Start one with `agent-budget worker`, or name the queue of yours with AGENT_BUDGET_TASK_QUEUE.';
