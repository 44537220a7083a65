export { encryptionFrom, type EncryptionSettings } from './encryption-from';
export { encryptedBy } from './encrypted-by';
export { encryptionCodec } from './encryption-codec';
export type { EncryptionKey } from './encryption-key';
export { PayloadUnreadable } from './errors';
