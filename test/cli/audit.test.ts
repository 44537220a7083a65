import { spending } from '../support/budgets';
import { linesOf, type Fields } from './command-line';
import { ownLedger, type OwnLedger } from './own-ledger';
import { overdue, Planter, PLANTED, SOUND } from './planter';

let ledger: OwnLedger;
let on: Planter;
beforeAll(async () => {
  ledger = await ownLedger();
  on = new Planter(ledger);
  await on.open();
});
afterAll(async () => {
  await on.close();
  await ledger.close();
});

describe('what an audit finds', () => {
  const organizations: string[] = [];
  let audited: Map<unknown, Fields>;
  let repaired: Map<unknown, Fields>;
  const byOrganization = (out: string) => new Map(linesOf(out).map((report) => [report['organization_id'], report]));

  beforeAll(async () => {
    for (const [, plant] of [...PLANTED, ...SOUND]) {
      const organizationId = await on.organization();
      organizations.push(organizationId);
      await plant(on, organizationId);
    }
    const found = await ledger.cli.run('audit', '--json');
    expect(found).toMatchObject({ code: 1, err: '' });
    audited = byOrganization(found.out);
    const mended = await ledger.cli.run('audit', '--repair', '--yes', '--ledger-only', '--json');
    expect(mended).toMatchObject({
      code: 1,
      err: expect.stringContaining('2 × overdue hold. Expired, as maintenance would have') as unknown,
    });
    repaired = byOrganization(mended.out);
  });

  test.each(PLANTED.map(([name, , found, isLeft], index) => [name, index, found, isLeft] as const))('%s', (_name, index, found, isLeft) => {
    expect(audited.get(organizations[index])).toMatchObject({ findings: [found] });
    expect(repaired.get(organizations[index])).toMatchObject({ findings: isLeft ? [found] : [], ...(isLeft ? {} : { is_proven: true }) });
  });

  test.each(SOUND.map(([name], index) => [name, index + PLANTED.length] as const))('and not %s', (_name, index) => {
    expect(audited.get(organizations[index])).toMatchObject({ is_proven: true, is_complete: true, differences: [], findings: [] });
  });
});

describe('a repair', () => {
  test('expires by the policy: work that had started is charged at its estimate, the rest is given back, and nothing is left to find', async () => {
    const org = await on.organization();
    await on.hold(org, 'started', { ...overdue(), startsWork: true });
    await on.hold(org, 'idle', overdue());
    expect(await spending(ledger.store, org)).toMatchObject({ heldUsd: 2 });
    expect((await ledger.cli.run('audit', org)).out).toMatch(
      new RegExp(`\n${org} +overdue_hold +20\\S+ \\S+Z +idle +it has expired, and nothing ended it\n`),
    );
    const { code, out, err } = await ledger.cli.run('audit', org, '--repair', '--yes');
    expect([code, out]).toEqual([0, 'Every balance of 1 organization is proven.\n']);
    expect(err).toContain('2 findings in 1 organization.');
    expect(await spending(ledger.store, org)).toEqual({ spentUsd: 1, heldUsd: 0, executions: 1 });
    expect(await ledger.store.hold(org, 'started')).toMatchObject({ state: 'expired', attempts: [{ state: 'unconfirmed' }] });
  });

  test('never writes a balance: a difference is explained, stays, and is exit code 1', async () => {
    const org = await on.organization();
    await on.change(org, 'update balances set month_spent = month_spent + 1000000 where organization_id = $1');
    const { code, out, err } = await ledger.cli.run('audit', org, '--repair', '--yes', '--json');
    expect(code).toBe(1);
    expect(err).toMatch(/^2 differences\. Never mended here: balances follow from entries, holds and attempts/);
    expect(JSON.parse(out)).toMatchObject({ is_proven: false, differences: [{ what: 'spent_usd', balance: 1, proven: 0 }, {}] });
  });

  test('asks before it changes anything, so it refuses where nobody can be asked', async () => {
    const org = await on.organization();
    await on.hold(org, 'a', overdue());
    // By a process of its own: whoever runs this test may have a terminal.
    const { code, err } = await ledger.cli.run('audit', org, '--repair', '--json');
    expect([code, JSON.parse(err)]).toMatchObject([2, { error: { message: expect.stringContaining('--yes answers for you') as unknown } }]);
    expect(await ledger.cli.problem('audit', org, '--yes')).toMatchObject({ code: 2 });
    expect(await spending(ledger.store, org)).toMatchObject({ heldUsd: 1 });
  });
});
