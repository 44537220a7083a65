import { isLive, type ApiKey } from '../../domain/api-key';
import { when } from '../show/format';
import { fields, table } from '../show/table';
import type { Terminal } from '../show/terminal';

type Ends = 'expiresAt' | 'revokedAt' | 'lastUsedAt';

/** A key without its token, as the HTTP API writes it. Instants are ISO 8601. */
export interface KeyView extends Omit<ApiKey, 'createdAt' | Ends>, Readonly<Record<Ends, string | null>> {
  readonly createdAt: string;
  readonly isLive: boolean;
}

export function keyView(key: ApiKey, at: number): KeyView {
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
  return {
    ...key,
    createdAt: new Date(key.createdAt).toISOString(),
    expiresAt: iso(key.expiresAt),
    revokedAt: iso(key.revokedAt),
    lastUsedAt: iso(key.lastUsedAt),
    isLive: isLive(key, at),
  };
}

export function keyTable(rows: readonly KeyView[], terminal: Terminal): string {
  const { colours } = terminal;
  return table(
    rows,
    [
      { title: 'KEY', of: (row) => row.keyId, isWhole: true },
      { title: 'NAME', of: (row) => row.name },
      { title: 'ROLE', of: (row) => row.role },
      { title: 'STATE', of: (row) => ({ text: stateOf(row), colour: row.isLive ? colours.green : colours.red }) },
      { title: 'FOR', of: pinsOf },
      { title: 'CREATED', of: (row) => when(row.createdAt), isWhole: true },
      { title: 'USED', of: (row) => when(row.lastUsedAt), isWhole: true },
      { title: 'ENDS', of: (row) => when(row.expiresAt), isWhole: true },
    ],
    terminal,
  );
}

export function keyText(key: KeyView, terminal: Terminal): string {
  return fields(
    [
      ['Key', key.keyId],
      ['Organization', key.organizationId ?? 'all: the operator'],
      ['Name', key.name],
      ['Role', key.role],
      ['For', pinsOf(key)],
      ['Ends', key.expiresAt === null ? 'never by itself' : when(key.expiresAt)],
    ],
    terminal,
  );
}

function stateOf({ isLive: lives, revokedAt, replacedBy }: KeyView): string {
  if (lives) return replacedBy === null ? 'live' : 'live, replaced';
  return revokedAt === null ? 'expired' : replacedBy === null ? 'revoked' : 'replaced';
}

function pinsOf({ teamId, userId }: KeyView): string {
  const pins = [teamId === null ? null : `team ${teamId}`, userId === null ? null : `user ${userId}`].filter((pin) => pin !== null);
  return pins.length === 0 ? 'anybody' : pins.join(', ');
}
