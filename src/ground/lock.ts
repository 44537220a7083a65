import path from 'node:path';
import { SetupError } from '../contract/setup-error';
import { recallPid, rememberPid } from './pid-file';

/** Takes a data folder for this process, and returns the lock's file. Two of us on one would each stop the servers under the other. */
export function lock(dataFolder: string): string {
  const other = runningOn(dataFolder);
  if (other !== null && other !== process.pid) {
    throw new SetupError(
      `Another agent-budget runs on ${dataFolder} (process ${String(other)}). Stop it, or set AGENT_BUDGET_DATA to another folder.`,
    );
  }
  rememberPid(fileIn(dataFolder), process.pid);
  return fileIn(dataFolder);
}

/** The process that holds a data folder; null when none does. */
export function runningOn(dataFolder: string): number | null {
  return recallPid(fileIn(dataFolder), 'node');
}

function fileIn(dataFolder: string): string {
  return path.join(dataFolder, 'agent-budget.pid');
}
