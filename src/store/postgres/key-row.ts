import type { ApiKey, KeyRole } from '../../domain/api-key';

export interface KeyRow {
  key_id: string;
  hash: string;
  organization_id: string | null;
  role: KeyRole;
  name: string;
  team_id: string | null;
  user_id: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  replaced_by: string | null;
}

export function keyOf(row: KeyRow): ApiKey {
  return {
    keyId: row.key_id,
    organizationId: row.organization_id,
    role: row.role,
    name: row.name,
    teamId: row.team_id,
    userId: row.user_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    replacedBy: row.replaced_by,
  };
}
