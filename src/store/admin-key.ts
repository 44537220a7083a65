import path from 'node:path';
import { KeyRole, type ApiKey, type NewKey } from '../domain/api-key';
import type { KeyStore } from './key-store';
import { authenticate, issueKey, revokeKey } from './keys';
import { createPrivateFile, readPrivateFile, removePrivateFile, type PrivateFile } from './private-file';

export const ADMIN_KEY_FILE = 'admin-key';
const ADMIN: NewKey = { organizationId: null, role: KeyRole.admin, name: 'operator, made at first start' };

/** The operator's key, and where its token is. The token itself is not here, so that nobody prints it. */
export interface AdminKey {
  readonly key: ApiKey;
  readonly file: string;
  readonly isNew: boolean;
  /** What the operator should know, in a line; null when there is nothing. */
  readonly warning: string | null;
}

type Keys = Pick<KeyStore, 'putKey' | 'keyByHash' | 'touchKey' | 'revokeKey'>;

/**
 * The operator's admin key for this data folder: the one in its file `admin-key`, if that still authenticates, else a new one, as at the
 * first start or with another database. Of starts that meet, one makes it. Throws SetupError where the file cannot be used, and
 * rejects with LedgerUnavailable, never with a new key, when the store cannot tell.
 */
export async function ensureAdminKey(store: Keys, dataFolder: string, at: number): Promise<AdminKey> {
  const file = path.join(dataFolder, ADMIN_KEY_FILE);
  const kept = await readPrivateFile(file);
  const known = kept === null ? null : await adminKeyOf(store, kept.text, at);
  if (kept !== null && known !== null) {
    return { key: known, file, isNew: false, warning: kept.wasExposed ? exposed(file, known) : null };
  }
  const made = await makeAdminKey(store, file, kept, at);
  // Another start was faster, and its key stands.
  return made === null ? ensureAdminKey(store, dataFolder, at) : { key: made, file, isNew: true, warning: null };
}

async function adminKeyOf(store: Keys, token: string, at: number): Promise<ApiKey | null> {
  const key = await authenticate(store, token, at);
  return key !== null && key.organizationId === null && key.role === KeyRole.admin ? key : null;
}

/** Null when another start put its own there first. */
async function makeAdminKey(store: Keys, file: string, stale: PrivateFile | null, at: number): Promise<ApiKey | null> {
  // Before the file: whoever reads it there must find that it authenticates, or would replace it.
  const { token, key } = await issueKey(store, ADMIN, at);
  let isMine = false;
  try {
    if (stale !== null) await removePrivateFile(file, stale.text);
    isMine = await createPrivateFile(file, token);
  } finally {
    // Nobody has seen it, and nobody will.
    if (!isMine) await revokeKey(store, key, at);
  }
  return isMine ? key : null;
}

function exposed(file: string, { keyId }: ApiKey): string {
  return `${file} could be read by others, and no longer can. If others use this machine, revoke key ${keyId} and start again for a new one.`;
}
