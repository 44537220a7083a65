import type { DataConverter } from '@temporalio/common';
import { encryptionCodec } from './encryption-codec';
import type { EncryptionKey } from './encryption-key';

/**
 * The `dataConverter` of a client, a worker or a bundle of workflows that keeps from the Temporal server what passes through it:
 * inputs, results, memos, summaries, messages and stack traces of failures. Throws SetupError for unusable keys.
 */
export function encryptedBy(keys: readonly EncryptionKey[]): DataConverter {
  return { payloadCodecs: [encryptionCodec(keys)], failureConverterPath: require.resolve('./failure-converter') };
}
