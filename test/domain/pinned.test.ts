import fc from 'fast-check';
import type { KeyBounds } from '../../src/domain/api-key';
import { DomainError } from '../../src/domain/errors';
import { pinned } from '../../src/domain/pinned';
import { applies, type Scope } from '../../src/domain/scope';

const call = (more: Partial<Scope> = {}): Scope => ({ organizationId: 'acme', teamId: null, userId: null, agentId: 'writer', ...more });
const bounds = (more: Partial<KeyBounds> = {}): KeyBounds => ({ organizationId: 'acme', teamId: null, userId: null, ...more });

test.each<[string, Partial<KeyBounds>, Partial<Scope>, Partial<Scope>]>([
  ['no pins: the call stays', {}, { teamId: 'red', userId: 'ann' }, { teamId: 'red', userId: 'ann' }],
  ['no pins: nothing is filled in', {}, {}, { teamId: null, userId: null }],
  ['missing is filled in', { teamId: 'red', userId: 'ann' }, {}, { teamId: 'red', userId: 'ann' }],
  ['equal is kept', { teamId: 'red' }, { teamId: 'red' }, { teamId: 'red', userId: null }],
  ['one pinned, the other told', { teamId: 'red' }, { userId: 'bob' }, { teamId: 'red', userId: 'bob' }],
  ["the operator's key is bound to no organization", { organizationId: null }, { organizationId: 'other' }, { organizationId: 'other' }],
])('%s', (_name, key, asked, answer) => {
  expect(pinned(call(asked), bounds(key))).toEqual(call({ ...asked, ...answer }));
});

test.each<[string, Partial<KeyBounds>, Partial<Scope>]>([
  ['organization', {}, { organizationId: 'other' }],
  ['organization, by case', {}, { organizationId: 'Acme' }],
  ['team', { teamId: 'red' }, { teamId: 'blue' }],
  ['user', { userId: 'ann' }, { userId: 'bob' }],
  ['team, though the user fits', { teamId: 'red', userId: 'ann' }, { teamId: 'blue', userId: 'ann' }],
  ['team, empty', { teamId: 'red' }, { teamId: '' }],
])('another %s than the key is pinned to is refused by name', (_name, key, asked) => {
  expect(() => pinned(call(asked), bounds(key))).toThrow(expect.objectContaining({ code: 'ScopeForbidden' }) as Error);
});

test('whatever a call names or leaves out, each budget on what its key is pinned to limits it, or it is refused', () => {
  const organizationId = fc.constantFrom('acme', 'other');
  const teamId = fc.option(fc.constantFrom('red', 'blue'));
  const userId = fc.option(fc.constantFrom('ann', 'bob'));
  const asked = fc.record({ organizationId, teamId, userId, agentId: fc.option(fc.constant('writer')) });
  const key = fc.record({ organizationId: fc.option(organizationId), teamId, userId });
  fc.assert(
    fc.property(asked, key, (told, pins) => {
      const made = orRefused(() => pinned(told, pins));
      const isOther = (['organizationId', 'teamId', 'userId'] as const).some(
        (field) => pins[field] !== null && told[field] !== null && pins[field] !== told[field],
      );
      expect(made === 'ScopeForbidden').toBe(isOther);
      if (typeof made === 'string') return;
      const widest = { organizationId: told.organizationId, teamId: null, userId: null, agentId: null };
      for (const scope of [widest, { ...widest, teamId: pins.teamId }, { ...widest, userId: pins.userId }, { ...widest, ...pins }]) {
        expect(applies({ ...scope, organizationId: scope.organizationId ?? told.organizationId }, made)).toBe(true);
      }
      // What the call did name is never changed, and asking again changes nothing.
      expect(made).toMatchObject(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null)));
      expect(pinned(made, pins)).toEqual(made);
    }),
  );
});

function orRefused(work: () => Scope): Scope | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
