import { DEFAULT_POLICY } from '../../src/domain/budget';
import { newLane, refuseStale, type Request } from '../../src/store/lanes';
import { nothingKnown } from '../../src/store/postgres/known-organization';
import { createRemembered } from '../../src/store/postgres/remembered';

test('what has waited too long is refused, also behind what was put back and waits anew', () => {
  const refused: number[] = [];
  const request = (number: number, since: number): Request => ({
    operations: [{ kind: 'expire', at: 0 }],
    number,
    since,
    answer: () => undefined,
    refuse: () => refused.push(number),
  });
  const lane = newLane('acme');
  lane.waiting.push(request(1, 100), request(2, 10), request(3, 20), request(4, 110));
  expect(refuseStale(lane, 50)).toBe(2);
  expect([refused, lane.waiting.map(({ number }) => number)]).toEqual([
    [2, 3],
    [1, 4],
  ]);
});

test('an organization of which there is too much to remember pushes no other one out', () => {
  const remembered = createRemembered(100);
  const known = (organizationId: string, calls: number) => {
    const organization = nothingKnown(organizationId, {
      policy: DEFAULT_POLICY,
      version: 1,
      clearThrough: 0,
    });
    for (let call = 0; call < calls; call += 1) organization.budgetsFor.set(` user-${String(call)} `, []);
    return organization;
  };
  remembered.keep(known('small', 10), true);
  remembered.keep(known('large', 60), true);
  expect(remembered.recall('small').known?.organizationId).toBe('small');
  expect(remembered.recall('large')).toEqual({ known: null, version: 1, isGuess: false });
});
