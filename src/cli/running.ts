import path from 'node:path';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { runningOn } from '../ground/lock';
import { createPrivateFile, readPrivateFile } from '../store/private-file';

const RUNNING_FILE = 'running.json';

const running = z.object({
  pid: z.number().int(),
  temporalAddress: z.string(),
  namespace: z.string(),
  webUi: z.string().nullable(),
  databaseUrl: z.string(),
  taskQueue: z.string(),
});
/** Where the servers of a `start` are. With the database's password in it, so only its owner may read it. */
export type Running = z.infer<typeof running>;

/** Leaves the addresses for commands on the same data folder. The caller holds the folder's lock, so what is there is stale. */
export async function leaveAddresses(dataFolder: string, addresses: Running): Promise<void> {
  const file = path.join(dataFolder, RUNNING_FILE);
  await rm(file, { force: true });
  await createPrivateFile(file, JSON.stringify(addresses));
}

export async function removeAddresses(dataFolder: string): Promise<void> {
  await rm(path.join(dataFolder, RUNNING_FILE), { force: true });
}

/** The addresses that the `start` on this folder left; null where none runs, or is not ready yet. Throws SetupError for a file that others own. */
export async function addressesOn(dataFolder: string): Promise<Running | null> {
  const pid = runningOn(dataFolder);
  if (pid === null) return null;
  const file = await readPrivateFile(path.join(dataFolder, RUNNING_FILE));
  const found = file === null ? null : running.safeParse(jsonOr(file.text));
  return found?.data?.pid === pid ? found.data : null;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
