import { isLive, newKey, replacement, type ApiKey, type NewKey } from '../../src/domain/api-key';

const NOON = Date.UTC(2026, 2, 10, 12);
const DAY = 86_400_000;
const wanted: NewKey = { organizationId: 'acme', role: 'invoke', name: 'billing job' };
const key = (more: Partial<ApiKey> = {}): ApiKey => ({ ...newKey(wanted, 'k1', NOON), ...more });
const named = (code: string) => expect.objectContaining({ code }) as Error;

describe('a key can be made', () => {
  test.each<[string, Partial<NewKey>]>([
    ['for everybody in its organization', {}],
    ['pinned to a team and a user', { teamId: 'red', userId: 'ann' }],
    ['that manages, pinned', { role: 'manage', teamId: 'red' }],
    ['as an admin of its organization', { role: 'admin' }],
    ["as the operator's", { organizationId: null, role: 'admin' }],
    ['that ends', { expiresAt: NOON + 1 }],
    ['with a name in any script', { name: 'Zoë – 経理 🗝' }],
    ['with the longest name', { name: '🗝'.repeat(200) }],
  ])('%s', (_name, more) => {
    expect(newKey({ ...wanted, ...more }, 'k1', NOON)).toMatchObject({ ...wanted, ...more, keyId: 'k1', createdAt: NOON, revokedAt: null });
  });

  test('with nothing that was not asked for', () => {
    expect(key()).toEqual({
      ...wanted,
      keyId: 'k1',
      teamId: null,
      userId: null,
      createdAt: NOON,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
      replacedBy: null,
    });
  });
});

test.each<[string, object, number]>([
  ['of no organization that only invokes', { organizationId: null }, NOON],
  ['of no organization that only manages', { organizationId: null, role: 'manage' }, NOON],
  ['that is an admin and pinned to a team (it could make one without)', { role: 'admin', teamId: 'red' }, NOON],
  ['that is the operator and pinned to a user', { organizationId: null, role: 'admin', userId: 'ann' }, NOON],
  ['of another role', { role: 'root' }, NOON],
  ['of a role that every object has', { role: 'constructor' }, NOON],
  ['of a bad organization', { organizationId: 'a b' }, NOON],
  ['of an undefined organization', { organizationId: undefined }, NOON],
  ['of an empty team', { teamId: '' }, NOON],
  ['of a bad user', { userId: 'a\0b' }, NOON],
  ['without a name', { name: '' }, NOON],
  ['with a name of blanks', { name: ' ' }, NOON],
  ['with a name of two lines', { name: 'a\nb' }, NOON],
  ['with a name that colours the terminal', { name: '\u001b[31m' }, NOON],
  ['with a NUL in its name', { name: 'a\0' }, NOON],
  ['with half a character in its name', { name: '\ud800' }, NOON],
  ['with an over-long name', { name: 'a'.repeat(201) }, NOON],
  ['with a name that is no text', { name: 5 }, NOON],
  ['that has ended', { expiresAt: NOON }, NOON],
  ['that ends at NaN', { expiresAt: NaN }, NOON],
  ['that ends after the end of time', { expiresAt: 9e15 }, NOON],
  ['made at NaN', {}, NaN],
])('no key can be made %s', (_name, more, at) => {
  expect(() => newKey({ ...wanted, ...more }, 'k1', at)).toThrow(named('InvalidRequest'));
});

test.each<[string, Partial<ApiKey>, number, boolean]>([
  ['new', {}, NOON, true],
  ['made by a clock that is ahead', {}, NOON - DAY, true],
  ['before its end', { expiresAt: NOON + DAY }, NOON + DAY - 1, true],
  ['at its end', { expiresAt: NOON + DAY }, NOON + DAY, false],
  ['revoked', { revokedAt: NOON }, NOON + DAY, false],
  ['revoked, to a clock that is behind', { revokedAt: NOON }, NOON - DAY, false],
])('live: %s', (_name, more, at, answer) => {
  expect(isLive(key(more), at)).toBe(answer);
});

describe('a replacement', () => {
  const later = NOON + DAY;

  test('has the same organization, role, name, pins and end, and a life of its own', () => {
    const old = key({ role: 'manage', teamId: 'red', userId: 'ann', expiresAt: NOON + 9 * DAY, lastUsedAt: NOON });
    const { successor, replaced } = replacement(old, 'k2', later, 0);
    expect(successor).toEqual({ ...old, keyId: 'k2', createdAt: later, lastUsedAt: null });
    expect(replaced).toEqual({ ...old, replacedBy: 'k2', revokedAt: later });
  });

  test.each<[string, Partial<ApiKey>, number, Partial<ApiKey>]>([
    ['none: revoked at once', {}, 0, { revokedAt: later, expiresAt: null }],
    ['a day', {}, DAY, { revokedAt: null, expiresAt: later + DAY }],
    ['longer than the key lives', { expiresAt: later + 1 }, DAY, { revokedAt: null, expiresAt: later + 1 }],
    ['31 days', {}, 31 * DAY, { revokedAt: null, expiresAt: later + 31 * DAY }],
  ])('grace: %s', (_name, more, graceMs, answer) => {
    expect(replacement(key(more), 'k2', later, graceMs).replaced).toMatchObject(answer);
  });

  test.each<[string, Partial<ApiKey>, RegExp]>([
    ['revoked', { revokedAt: NOON }, /make a new one/],
    ['expired', { expiresAt: later }, /make a new one/],
    ['replaced before, in its grace', { replacedBy: 'k9', expiresAt: later + DAY }, /replaced by k9: rotate that one/],
  ])('of a key that was %s is refused', (_name, more, message) => {
    expect(() => replacement(key(more), 'k2', later, 0)).toThrow(named('ApiKeyEnded'));
    expect(() => replacement(key(more), 'k2', later, 0)).toThrow(message);
  });

  test.each([-1, 0.5, NaN, Infinity, 31 * DAY + 1])('with a grace of %p is refused', (graceMs) => {
    expect(() => replacement(key(), 'k2', later, graceMs)).toThrow(named('InvalidRequest'));
  });
});
