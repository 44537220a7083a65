import { InvocationFailed } from '../../src/client';
import { createPostgresStore } from '../../src/store/postgres/postgres-store';
import { cutConnectionTo } from '../support/cut-connection';
import { organizationWith, spending } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { setting } from '../support/setting';

test.each(['invoke', 'admission'] as const)(
  'a key whose run found no ledger is not used up: the same %s runs once the ledger is back, and once',
  async (how) => {
    const url = new URL(setting('TEST_DATABASE_URL'));
    const way = await cutConnectionTo(url.hostname, Number(url.port));
    const far = Object.assign(new URL(url), { host: way.address });
    const harness = await startHarness(
      { half: { run: () => Promise.resolve({ output: 'ran', costUsd: 0.5 }) } },
      { databaseUrl: far.href },
    );
    const store = createPostgresStore(url.href, { maxConnections: 1 });
    const agent = { agentId: 'half', platform: 'in_process' as const, functionName: 'half', estimatedCostUsd: 1 };
    const organizationId = await organizationWith(store, 10, agent);
    const request = { organizationId, agentId: 'half', input: null, idempotencyKey: 'once' };
    const ask = () => harness.budget[how](request).catch((error: unknown) => error);

    way.cut();
    // The run itself ends once it has given back what may be held.
    const failed = await harness.budget.admission(request).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(InvocationFailed);
    expect(failed).toMatchObject({ type: 'ledger_unavailable' });
    way.mend();
    const answers = await eventually(
      () => Promise.all([ask(), ask(), ask()]),
      ([answer]) => !(answer instanceof Error),
    );
    expect(answers.every((answer) => (answer as { status: string }).status === (how === 'invoke' ? 'completed' : 'granted'))).toBe(true);
    await eventually(
      () => spending(store, organizationId),
      ({ heldUsd }) => heldUsd === 0,
    );
    expect(await spending(store, organizationId)).toEqual({ spentUsd: 0.5, heldUsd: 0, executions: 1 });
    expect(await ask()).toMatchObject({ status: how === 'invoke' ? 'completed' : 'granted' });
    expect(await spending(store, organizationId)).toMatchObject({ spentUsd: 0.5 });

    await harness.stop();
    await store.close();
    await way.close();
  },
);
