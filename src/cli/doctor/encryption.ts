import { encryptionFrom, type EncryptionSettings } from '../../encryption';
import { fail, ok, reasonOf, type Finding } from './finding';

export async function checkEncryption(settings: EncryptionSettings): Promise<Finding> {
  try {
    await encryptionFrom(settings);
  } catch (error) {
    return fail('encryption', reasonOf(error), 'Nothing of ours starts until each key can be read.');
  }
  const [current, ...older] = settings.encryptionKeys.map(({ keyId }) => keyId);
  if (current === undefined) return ok('encryption', 'AGENT_BUDGET_ENCRYPTION_KEYS is not set: payloads in Temporal are in clear');
  return ok(
    'encryption',
    `payloads in Temporal are encrypted by ${current}${older.length === 0 ? '' : `, and read by ${older.join(', ')} too`}`,
  );
}
