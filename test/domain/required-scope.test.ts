import { DEFAULT_POLICY } from '../../src/domain/budget';
import { decide } from '../../src/domain/decision';
import type { RequiredScope, Scope } from '../../src/domain/scope';
import { accountOf, CALL, usd } from './support';

const decided =
  (call: Partial<Scope>, requires: Partial<RequiredScope>, executions: 0 | 1 = 1) =>
  () =>
    decide(
      [accountOf({ monthly: 100 })],
      { call: { ...CALL, ...call }, estimateMicroUsd: usd(1), executions },
      {
        ...DEFAULT_POLICY,
        requires: { ...DEFAULT_POLICY.requires, ...requires },
      },
    );

test.each<[string, Partial<Scope>, Partial<RequiredScope>]>([
  ['nothing is required, nobody is named', { teamId: null, userId: null }, {}],
  ['both are required and named', {}, { teamId: true, userId: true }],
  ['only the team is required', { userId: null }, { teamId: true }],
  ['only the user is required', { teamId: null }, { userId: true }],
])('decided: %s', (_name, call, requires) => {
  expect(decided(call, requires)().status).toBe('granted');
});

test.each<[string, Partial<Scope>, Partial<RequiredScope>, RegExp]>([
  ['team', { teamId: null }, { teamId: true }, /acme must name a team:/],
  ['user', { userId: null }, { userId: true }, /acme must name a user:/],
  ['user beside a team', { userId: null }, { teamId: true, userId: true }, /acme must name a user:/],
])('refused by name: a call without the %s', (_name, call, requires, message) => {
  expect(decided(call, requires)).toThrow(expect.objectContaining({ code: 'ScopeRequired' }) as Error);
  expect(decided(call, requires)).toThrow(message);
});

test('refused also where no budget would limit it: who is not named must not pass as unbudgeted', () => {
  const policy = { ...DEFAULT_POLICY, requires: { teamId: true, userId: false } };
  const request = { call: { ...CALL, teamId: null }, estimateMicroUsd: usd(0), executions: 1 } as const;
  expect(() => decide([], request, policy)).toThrow(expect.objectContaining({ code: 'ScopeRequired' }) as Error);
});

test('a top-up of a call that was let in before is decided by its budgets alone', () => {
  expect(decided({ teamId: null, userId: null }, { teamId: true, userId: true }, 0)().status).toBe('granted');
});
