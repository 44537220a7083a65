import { applies, assertId, levelOf, type Scope } from '../../src/domain/scope';
import { CALL } from './support';

const scopeOf = (more: Partial<Scope> = {}): Scope => ({ organizationId: 'acme', teamId: null, userId: null, agentId: null, ...more });
const anonymous = scopeOf();

test.each<[string, Scope, Scope, boolean]>([
  ['an organization limits each of its calls', scopeOf(), CALL, true],
  ['an organization limits a call that names no one', scopeOf(), anonymous, true],
  ["not another organization's", scopeOf({ organizationId: 'other' }), CALL, false],
  ['a team limits its calls', scopeOf({ teamId: 'red' }), CALL, true],
  ["not another team's", scopeOf({ teamId: 'blue' }), CALL, false],
  ['a team does not limit a call without a team', scopeOf({ teamId: 'red' }), anonymous, false],
  ['a user limits their calls', scopeOf({ userId: 'ann' }), CALL, true],
  ["not another user's", scopeOf({ userId: 'bob' }), CALL, false],
  ['an agent limits its calls', scopeOf({ agentId: 'writer' }), CALL, true],
  ["not another agent's", scopeOf({ agentId: 'reader' }), CALL, false],
  ['of several fields each must match', scopeOf({ teamId: 'red', userId: 'ann', agentId: 'writer' }), CALL, true],
  ['one that does not match is enough', scopeOf({ teamId: 'red', agentId: 'reader' }), CALL, false],
  ['the same agent of another organization', { ...CALL, organizationId: 'other' }, CALL, false],
  ['ids differ by case', scopeOf({ teamId: 'Red' }), CALL, false],
  ['an id of one field is not that of another', scopeOf({ userId: 'red' }), CALL, false],
])('vector 15: %s', (_name, scope, call, answer) => {
  expect(applies(scope, call)).toBe(answer);
});

test.each<[string, Partial<Scope>]>([
  ['organization', {}],
  ['team', { teamId: 'red' }],
  ['user', { userId: 'ann' }],
  ['user', { teamId: 'red', userId: 'ann' }],
  ['agent', { agentId: 'writer' }],
  ['agent', { teamId: 'red', userId: 'ann', agentId: 'writer' }],
])('the level is the narrowest field: %s of %j', (level, more) => {
  expect(levelOf(scopeOf(more))).toBe(level);
});

test.each(['a', 'a'.repeat(200), 'Team-1.eu_west:x@acme'])('the id %p', (id) => {
  expect(() => {
    assertId('teamId', id);
  }).not.toThrow();
});

test.each(['', 'a'.repeat(201), 'a b', 'a/b', 'a\n', '\n', 'é', 'a\0', '%'])('not the id %j', (id) => {
  expect(() => {
    assertId('teamId', id);
  }).toThrow(expect.objectContaining({ code: 'InvalidRequest', message: expect.stringContaining('teamId') as string }) as Error);
});
