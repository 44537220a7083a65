import { SetupError } from './setup-error';

/** An encryption key's id, and where the key itself is found: `env:NAME` or `file:/PATH`. */
export interface KeyReference {
  readonly keyId: string;
  readonly reference: string;
}

const WRITTEN = /^([\w.-]{1,64}):(env:[A-Za-z_]\w*|file:\/[^,]+)$/;

/** Reads `ID:env:NAME,ID:file:/PATH`. Throws SetupError for what is none; `name` is what it was set by. */
export function readKeyReferences(name: string, list: string): KeyReference[] {
  return list.split(',').map((entry) => {
    const [, keyId, reference] = WRITTEN.exec(entry.trim()) ?? [];
    if (keyId !== undefined && reference !== undefined) return { keyId, reference };
    // Never quoted: it may be a key that was set by mistake.
    throw new SetupError(
      `${name} is no list of keys. Set it to one like 2026:env:NAME,2025:file:/PATH, of which the first encrypts and all decrypt, or leave it out.`,
    );
  });
}
