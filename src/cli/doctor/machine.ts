import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../config';
import { isPortFree } from '../../ground/ports';
import type { Places } from '../reach';
import { counted } from '../show/format';
import { fail, ok, reasonOf, warn, type Finding } from './finding';

const OLDEST_NODE = [20, 19] as const;
const LITTLE_DISK_GB = 1;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld ? fail('node', `Node ${version}`, `Install Node ${OLDEST_NODE.join('.')} or later.`) : ok('node', `Node ${version}`);
}

/** The data folder: only embedded servers need one. */
export async function checkDisk({ dataFolder }: Config, { temporal, database }: Places): Promise<Finding> {
  if (temporal?.by === 'TEMPORAL_ADDRESS' && database?.by === 'DATABASE_URL') return ok('disk', 'no embedded server, no data folder');
  const folder = await nearest(dataFolder);
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = `${dataFolder}, ${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
    if (bavail * bsize >= LITTLE_DISK_GB * 1e9) return ok('disk', free);
    return warn('disk', free, 'Make room: PostgreSQL stops when it cannot write. Or set AGENT_BUDGET_DATA to a folder elsewhere.');
  } catch (error) {
    return fail(
      'disk',
      `${folder} cannot be written to (${reasonOf(error)})`,
      'Make it writable, or set AGENT_BUDGET_DATA to another folder.',
    );
  }
}

/** Ports that a `start` here would take. */
export async function checkPorts({ temporalPort, temporalUiPort, http }: Config, { temporal }: Places): Promise<Finding> {
  if (temporal !== null) return ok('ports', 'none needed: Temporal is there');
  const wanted = { TEMPORAL_PORT: temporalPort, TEMPORAL_UI_PORT: temporalUiPort, PORT: http.port };
  const taken: string[] = [];
  for (const [name, port] of Object.entries(wanted)) if (!(await isPortFree(port))) taken.push(`${String(port)} (${name})`);
  if (taken.length === 0) return ok('ports', `${Object.values(wanted).join(', ')} are free for \`agent-budget start\``);
  const names = `${counted(taken.length, 'port')} taken: ${taken.join(', ')}`;
  return fail('ports', names, 'Set those variables to other ports, or TEMPORAL_ADDRESS to the server that runs there.');
}

async function nearest(folder: string): Promise<string> {
  const isThere = await stat(folder).catch(() => null);
  return isThere !== null || path.dirname(folder) === folder ? folder : nearest(path.dirname(folder));
}
