import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretUnavailable } from '../../src/outbound/errors';
import { redact, resolveSecret } from '../../src/outbound/secrets';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  await writeFile(join(folder, 'key'), 'from-a-file\n');
  await writeFile(join(folder, 'large'), 'x'.repeat(70_000));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['env:KEY', 'from-env'],
  ['file:FOLDER/key', 'from-a-file'],
])('%s is read, without the white space around it', async (reference, expected) => {
  expect(await resolveSecret(reference.replace('FOLDER', folder), { KEY: ' from-env ' })).toBe(expected);
});

it.each([
  ['env:MISSING', 'is not set'],
  ['env:EMPTY', 'is not set'],
  ['env:constructor', 'is not set'],
  ['env:toString', 'is not set'],
  ['env:BROKEN', 'no HTTP header can carry'],
  ['file:FOLDER/missing', 'ENOENT'],
  ['file:FOLDER/large', 'not a small file'],
  ['file:/dev/zero', 'not a small file'],
  ['a secret instead of a reference', 'env:NAME or file:/PATH'],
])('%s is unavailable: %s', async (reference, message) => {
  const resolved = resolveSecret(reference.replace('FOLDER', folder), { EMPTY: '', BROKEN: 'a secret\nin two lines' });
  await expect(resolved).rejects.toThrow(SecretUnavailable);
  await expect(resolved).rejects.toThrow(message);
  await expect(resolved).rejects.not.toThrow('a secret');
});

it.each([
  ['Wrong key: sk-0123456789', 'Bearer sk-0123456789', 'Wrong key: ***'],
  ['token 0123456789 of basic', 'Token token="0123456789"', 'token *** of basic'],
  ['Bearer of bad news', 'Bearer sk-0123456789', 'Bearer of bad news'],
])('redact replaces the key that a header has: %s', (text, secret, redacted) => {
  expect(redact(text, [secret])).toBe(redacted);
});

it('redact replaces every occurrence of every secret', () => {
  expect(redact('key-1, key-2 and key-1', ['key-1', 'key-2'])).toBe('***, *** and ***');
});
