import { isoOf } from '../contract/payloads/statement';
import { isLive, type ApiKey } from '../domain/api-key';
import { snakeKeys } from './snake';

/** A key without its token. */
export function keyJson(apiKey: ApiKey, at: number) {
  const { createdAt, expiresAt, revokedAt, lastUsedAt, ...key } = apiKey;
  const times = { expiresAt: isoOrNull(expiresAt), revokedAt: isoOrNull(revokedAt), lastUsedAt: isoOrNull(lastUsedAt) };
  return snakeKeys({ ...key, createdAt: isoOf(createdAt), ...times, isLive: isLive(apiKey, at) });
}

function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : isoOf(instant);
}
