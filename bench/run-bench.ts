import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Runs a bench as the whole process, with a folder of its own that is removed afterwards; its failure is the process's. */
export function runBench(bench: (folder: string) => Promise<void>): void {
  void inOwnFolder(bench).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

async function inOwnFolder(bench: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'agent-budget-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user when we are root
  try {
    await bench(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
