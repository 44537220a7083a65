import { cost, NOON, onEveryStore, runOf, TTL, usd } from './support';

onEveryStore('keys and runs', (ledger) => {
  beforeEach(() => ledger().limit({ monthly: 100 }));

  test('a key settled by another run answers settled, with the stored receipt', async () => {
    await ledger().reserve('a', 10, { run: runOf('r1') });
    const receipt = await ledger().commit('a', cost(4));
    expect(await ledger().reserve('a', 10, { run: runOf('r9', 'someone else') })).toMatchObject({ status: 'taken', receipt });
    expect(await ledger().reserve('a', 10)).toMatchObject({ status: 'taken', receipt });
    expect(await ledger().reserve('a', 10, { run: runOf('r1') })).toMatchObject({ status: 'taken', receipt });
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test.each([
    ['another workflow', 'r1', runOf('r9', 'someone else')],
    ['a caller without a workflow', 'r1', null],
    ['a workflow, where none has it', null, runOf('r9')],
  ])('a key under which work goes on is not granted to %s, and its hold stays', async (_name, first, run) => {
    await ledger().reserve('a', 10, { run: first === null ? null : runOf(first) });
    expect(await ledger().reserve('a', 10, { run })).toMatchObject({ status: 'taken', receipt: { state: 'held' } });
    expect(await ledger().month()).toEqual({ spent: 0, held: 10, executions: 1 });
    expect((await ledger().reserve('a', 10, { run: first === null ? null : runOf(first) })).status).toBe('granted');
  });

  test.each([true, false])('a later run of the same workflow is decided anew and charged again (startsWork %s)', async (startsWork) => {
    await ledger().reserve('a', 10, { run: runOf('r1'), startsWork });
    await ledger().commit('a', cost(4));
    expect((await ledger().reserve('a', 10, { run: runOf('r2'), startsWork })).status).toBe('granted');
    expect(await ledger().month()).toEqual({ spent: 4, held: 10, executions: 2 });
    expect(await ledger().commit('a', cost(4))).toMatchObject({ chargedMicroUsd: usd(8), attempts: 2 });
    await ledger().reserve('a', 10, { run: runOf('r3'), startsWork });
    expect(await ledger().commit('a', cost(5))).toMatchObject({ chargedMicroUsd: usd(13), attempts: 3 });
    expect(await ledger().month()).toEqual({ spent: 13, held: 0, executions: 3 });
  });

  test('a later run that meets an open hold ends it: its started work is charged', async () => {
    await ledger().reserve('a', 10, { run: runOf('r1') });
    await ledger().start('a', '1', { runId: 'r1' });
    expect((await ledger().reserve('a', 10, { run: runOf('r2') })).status).toBe('granted');
    expect(await ledger().month()).toEqual({ spent: 10, held: 10, executions: 2 });
  });

  test('a later run may be denied where the earlier was granted', async () => {
    await ledger().reserve('a', 60, { run: runOf('r1') });
    await ledger().commit('a', cost(60));
    expect(await ledger().reserve('a', 60, { run: runOf('r2') })).toMatchObject({ status: 'denied', denial: { spent: usd(60) } });
    expect((await ledger().reserve('a', 60, { run: runOf('r2') })).status).toBe('denied');
    expect(await ledger().month()).toEqual({ spent: 60, held: 0, executions: 1 });
  });

  test.each([
    ['another workflow', runOf('r9', 'other')],
    ['a caller without one', null],
  ])('a hold that its run gave back unheard is decided anew for %s, and that run stays barred', async (_name, run) => {
    await ledger().reserve('a', 10, { run: runOf('r1'), startsWork: true });
    await ledger().release('a', runOf('r1'));
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
    expect((await ledger().reserve('a', 10, { run, startsWork: true })).status).toBe('granted');
    expect((await ledger().reserve('a', 10, { run: runOf('r1'), startsWork: true })).status).toBe('taken');
    await ledger().commit('a', cost(4));
    expect((await ledger().reserve('a', 10, { run: runOf('r3', 'third') })).status).toBe('taken');
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('a key whose work ran past its hold is settled with it, and granted to nobody again', async () => {
    await ledger().reserve('a', 10, { run: runOf('r1') });
    await ledger().start('a', '1', { runId: 'r1' });
    await ledger().expire(NOON + TTL);
    await ledger().finish('a', '1', cost(4));
    expect(await ledger().settle('a')).toMatchObject({ state: 'committed', chargedMicroUsd: usd(4) });
    for (const run of [runOf('r1'), runOf('r9', 'other'), null]) {
      expect((await ledger().reserve('a', 10, { run, at: NOON + TTL + 1 })).status).toBe('taken');
    }
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('a barred key: the late reserve of its run is not granted, another run is', async () => {
    expect(await ledger().release('a', runOf('r1'))).toMatchObject({ state: 'barred' });
    expect(await ledger().reserve('a', 10, { run: runOf('r1') })).toMatchObject({ status: 'taken', decision: null });
    expect(await ledger().month()).toEqual({ spent: 0, held: 0, executions: 0 });
    await expect(ledger().commit('a', cost(1))).rejects.toMatchObject({ code: 'HoldNotFound' });
    expect((await ledger().reserve('a', 10, { run: runOf('r2', 'other') })).status).toBe('granted');
    expect(await ledger().month()).toEqual({ spent: 0, held: 10, executions: 1 });
  });

  test('a late reserve of a barred run does not take the key from a later run', async () => {
    await ledger().release('a', runOf('r1'));
    await ledger().reserve('a', 10, { run: runOf('r2'), startsWork: true });
    expect((await ledger().reserve('a', 10, { run: runOf('r1'), startsWork: true })).status).toBe('taken');
    await ledger().commit('a', cost(4));
    expect(await ledger().month()).toEqual({ spent: 4, held: 0, executions: 1 });
  });

  test('nor does one of a run that a later run superseded, through any number of runs', async () => {
    for (const run of ['r1', 'r2', 'r3']) {
      expect((await ledger().reserve('a', 10, { run: runOf(run), startsWork: true })).status).toBe('granted');
      if (run !== 'r3') await ledger().commit('a', cost(1));
    }
    for (const run of ['r1', 'r2']) expect((await ledger().reserve('a', 10, { run: runOf(run) })).status).toBe('taken');
    await ledger().commit('a', cost(1));
    expect(await ledger().month()).toEqual({ spent: 3, held: 0, executions: 3 });
  });

  test('a release on behalf of a run whose reserve had landed gives all back (cancellation never releases)', async () => {
    await ledger().reserve('a', 10, { run: runOf('r1'), startsWork: true });
    await ledger().release('a', runOf('r1'));
    expect((await ledger().month()).spent).toBe(0);
    expect((await ledger().month()).held).toBe(0);
    expect((await ledger().reserve('a', 10, { run: runOf('r1') })).status).toBe('taken');
    expect((await ledger().reserve('a', 10, { run: runOf('r2') })).status).toBe('granted');
  });

  test("a release on behalf of a run leaves another workflow's hold alone", async () => {
    await ledger().reserve('a', 10, { run: runOf('r1') });
    expect(await ledger().release('a', runOf('r9', 'other'))).toMatchObject({ state: 'held' });
    expect(await ledger().month()).toEqual({ spent: 0, held: 10, executions: 1 });
  });

  test('releasing an unknown key on nobody’s behalf is an error', async () => {
    await expect(ledger().release('none')).rejects.toMatchObject({ code: 'HoldNotFound' });
  });

  test('the same run whose hold expired is decided anew; anyone else is told it is settled', async () => {
    await ledger().reserve('a', 10, { run: runOf('r1') });
    const at = NOON + TTL;
    expect((await ledger().reserve('a', 10, { at, run: runOf('x', 'y') })).status).toBe('taken');
    expect((await ledger().reserve('a', 10, { at, run: runOf('r1') })).status).toBe('granted');
    expect(await ledger().month()).toEqual({ spent: 0, held: 10, executions: 1 });
  });
});
