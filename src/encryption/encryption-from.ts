import type { DataConverter } from '@temporalio/common';
import type { KeyReference } from '../contract/key-references';
import { SetupError } from '../contract/setup-error';
import { SecretUnavailable } from '../outbound/errors';
import { resolveSecret, type Environment } from '../outbound/secrets';
import { encryptedBy } from './encrypted-by';
import type { EncryptionKey } from './encryption-key';

/** What the configuration says of encryption. */
export interface EncryptionSettings {
  readonly encryptionKeys: readonly KeyReference[];
  readonly environment: Environment;
}

/** What clients and workers convert payloads by; undefined: as the SDK does. Rejects with SetupError for keys that cannot be used. */
export async function encryptionFrom({ encryptionKeys, environment }: EncryptionSettings): Promise<DataConverter | undefined> {
  if (encryptionKeys.length === 0) return undefined;
  return encryptedBy(await Promise.all(encryptionKeys.map((key) => resolved(key, environment))));
}

async function resolved({ keyId, reference }: KeyReference, environment: Environment): Promise<EncryptionKey> {
  try {
    return { keyId, secret: await resolveSecret(reference, environment) };
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    throw new SetupError(`${error.message}. AGENT_BUDGET_ENCRYPTION_KEYS names it as the key ${keyId}.`);
  }
}
