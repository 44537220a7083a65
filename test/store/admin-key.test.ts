import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureAdminKey } from '../../src/store/admin-key';
import type { BudgetStore } from '../../src/store/budget-store';
import { authenticate, issueKey, revokeKey } from '../../src/store/keys';
import { createMemoryStore } from '../../src/store/memory/memory-store';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { createDatabase } from '../support/database';
import { databaseUrl, NOON, onEveryStore } from './support';

const folders: string[] = [];
const newFolder = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'agent-budget-admin-'));
  folders.push(folder);
  return folder;
};
const read = (file: string) => fs.readFileSync(file, 'utf8').trim();
const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);
/** The keys of first starts that live: other tests have operator's keys in the same database. */
const liveOf = async (store: BudgetStore) =>
  (await store.keys(null, null, 1_000)).filter(({ name, revokedAt }) => name === 'operator, made at first start' && revokedAt === null);

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

onEveryStore("the operator's admin key", (ledger) => {
  const store = () => ledger().store;
  // Of stores that all tests share.
  afterEach(async () => {
    for (const key of await liveOf(store())) await revokeKey(store(), key, NOON);
  });

  test('the first start makes it, in a file that only its owner can read; later ones keep it', async () => {
    const data = path.join(newFolder(), 'data', 'inner');
    const first = await ensureAdminKey(store(), data, NOON);
    expect(first).toMatchObject({ file: path.join(data, 'admin-key'), isNew: true, warning: null });
    expect([modeOf(data), modeOf(path.dirname(data)), modeOf(first.file)]).toEqual(['700', '700', '600']);
    expect(fs.readdirSync(data)).toEqual(['admin-key']);
    const token = read(first.file);
    expect(await authenticate(store(), token, NOON)).toMatchObject({ keyId: first.key.keyId, organizationId: null, role: 'admin' });
    // What is returned may be printed.
    expect(JSON.stringify(first)).not.toContain(token.slice(-49));
    expect(await ensureAdminKey(store(), data, NOON + 1)).toMatchObject({ key: { keyId: first.key.keyId }, isNew: false, warning: null });
    expect(read(first.file)).toBe(token);
    expect(await liveOf(store())).toHaveLength(1);
  });

  test('a folder that is there keeps its mode, and the file is private whatever the umask', async () => {
    const data = newFolder();
    fs.chmodSync(data, 0o755);
    const before = process.umask(0);
    const { file } = await ensureAdminKey(store(), data, NOON).finally(() => process.umask(before));
    expect([modeOf(data), modeOf(file)]).toEqual(['755', '600']);
  });

  test.each([0o644, 0o640, 0o604, 0o660, 0o666])(
    'a file of mode %o, which others can read, is made private, and the operator told',
    async (mode) => {
      const data = newFolder();
      const { file, key } = await ensureAdminKey(store(), data, NOON);
      fs.chmodSync(file, mode);
      const again = await ensureAdminKey(store(), data, NOON);
      expect(again).toMatchObject({ isNew: false, key: { keyId: key.keyId } });
      expect(again.warning).toContain(`could be read by others, and no longer can. If others use this machine, revoke key ${key.keyId}`);
      expect(again.warning).not.toContain(read(file));
      expect(modeOf(file)).toBe('600');
      expect((await ensureAdminKey(store(), data, NOON)).warning).toBeNull();
    },
  );

  test.each<[string, (file: string, token: string) => Promise<unknown>]>([
    ['of another database', (file) => fs.promises.writeFile(file, `ab_${'0'.repeat(15)}_${'0'.repeat(49)}\n`)],
    ['empty', (file) => fs.promises.writeFile(file, '')],
    ['not a token', (file) => fs.promises.writeFile(file, 'hunter2')],
    ['cut off', (file, token) => fs.promises.writeFile(file, token.slice(0, -1))],
    ['gone', (file) => fs.promises.unlink(file)],
  ])('where the file is %s, there is a new key', async (_name, spoil) => {
    const data = newFolder();
    const first = await ensureAdminKey(store(), data, NOON);
    await spoil(first.file, read(first.file));
    const second = await ensureAdminKey(store(), data, NOON);
    expect(second.isNew).toBe(true);
    expect(second.key.keyId).not.toBe(first.key.keyId);
    expect(modeOf(second.file)).toBe('600');
    expect(await authenticate(store(), read(second.file), NOON)).toMatchObject({ keyId: second.key.keyId });
    expect(fs.readdirSync(data)).toEqual(['admin-key']);
  });

  test("a revoked key, or one that is not the operator's, is not the admin key", async () => {
    const data = newFolder();
    const first = await ensureAdminKey(store(), data, NOON);
    await revokeKey(store(), first.key, NOON);
    const second = await ensureAdminKey(store(), data, NOON);
    expect(second.key.keyId).not.toBe(first.key.keyId);
    const other = await issueKey(store(), { organizationId: ledger().organizationId, role: 'admin', name: 'x' }, NOON);
    fs.writeFileSync(second.file, other.token);
    expect(await ensureAdminKey(store(), data, NOON)).toMatchObject({ isNew: true, key: { organizationId: null } });
  });

  test.each([
    ['first starts', null],
    ['starts on another database', `ab_${'0'.repeat(15)}_${'0'.repeat(49)}`],
  ])('%s that meet: the key in the file works, is the only one, and everybody has it', async (_name, stale) => {
    for (let round = 0; round < 10; round += 1) {
      const data = newFolder();
      if (stale !== null) fs.writeFileSync(path.join(data, 'admin-key'), stale, { mode: 0o600 });
      const before = new Set((await liveOf(store())).map(({ keyId }) => keyId));
      const all = await Promise.all(Array.from({ length: 6 }, () => ensureAdminKey(store(), data, NOON)));
      const kept = await authenticate(store(), read(path.join(data, 'admin-key')), NOON);
      expect(new Set(all.map(({ key }) => key.keyId))).toEqual(new Set([kept?.keyId]));
      expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect((await liveOf(store())).filter(({ keyId }) => !before.has(keyId)).map(({ keyId }) => keyId)).toEqual([kept?.keyId]);
      expect(fs.readdirSync(data)).toEqual(['admin-key']);
    }
  });
});

describe('a file that cannot be used is one line that says so, and no key is left over', () => {
  test.each<[string, (file: string) => Promise<unknown>, RegExp]>([
    ['a folder', (file) => fs.promises.mkdir(file), /admin-key is not a small file/],
    ['a link (to what may not be ours)', (file) => fs.promises.symlink('/etc/hostname', file), /admin-key cannot be used \(ELOOP\)/],
    ['a link to nothing', (file) => fs.promises.symlink('/nowhere/at/all', file), /admin-key cannot be used \(ELOOP\)/],
    ['a large file', (file) => fs.promises.writeFile(file, 'x'.repeat(5_000)), /admin-key is not a small file/],
  ])('%s', async (_name, put, message) => {
    const store = createMemoryStore();
    const data = newFolder();
    await put(path.join(data, 'admin-key'));
    const failure = ensureAdminKey(store, data, NOON);
    await expect(failure).rejects.toMatchObject({ name: 'SetupError' });
    await expect(failure).rejects.toThrow(message);
    expect(await liveOf(store)).toEqual([]);
  });

  test('a folder that cannot be made', async () => {
    const store = createMemoryStore();
    const taken = path.join(newFolder(), 'taken');
    fs.writeFileSync(taken, '');
    await expect(ensureAdminKey(store, path.join(taken, 'data'), NOON)).rejects.toMatchObject({ name: 'SetupError' });
    expect(await liveOf(store)).toEqual([]);
  });
});

test('a store that cannot be reached makes no new key of a good one', async () => {
  const data = newFolder();
  const { file } = await ensureAdminKey(createMemoryStore(), data, NOON);
  const token = read(file);
  const away = createPostgresStore('postgres://nobody@127.0.0.1:1/nowhere');
  await expect(ensureAdminKey(away, data, NOON)).rejects.toMatchObject({ name: 'LedgerUnavailable' });
  expect(read(file)).toBe(token);
  await away.close();
});

test('processes that start at once on a new folder and a new database: one key, which is in the file', async () => {
  const data = path.join(newFolder(), 'data');
  const database = await createDatabase(databaseUrl(), { name: `keys_${randomUUID().replaceAll('-', '')}` });
  const dist = path.join(__dirname, '../../dist/src/store');
  const script = `
    const { ensureAdminKey } = require(${JSON.stringify(`${dist}/admin-key.js`)});
    const store = require(${JSON.stringify(`${dist}/postgres/postgres-store.js`)}).createPostgresStore(${JSON.stringify(database)});
    ensureAdminKey(store, ${JSON.stringify(data)}, Date.now())
      .then((made) => console.log(JSON.stringify(made)))
      .finally(() => store.close());`;
  const outputs = await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['-e', script])));
  const made = outputs.map(({ stdout }) => JSON.parse(stdout) as Awaited<ReturnType<typeof ensureAdminKey>>);
  const store = createPostgresStore(database);
  const token = read(path.join(data, 'admin-key'));
  const kept = await authenticate(store, token, Date.now());
  expect(new Set(made.map(({ key }) => key.keyId))).toEqual(new Set([kept?.keyId]));
  expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(await liveOf(store)).toHaveLength(1);
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(token.slice(-49));
  await store.close();
});
