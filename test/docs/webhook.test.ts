import { fromUsd } from '../../src/domain/money';
import { GovernanceService } from '../../src/governance';
import { serve } from '../agents/serve';
import { budgetOf } from '../support/budgets';
import { eventually } from '../support/eventually';
import { startHarness } from '../support/harness';
import { blocksOf } from './pages';
import { isShownJson } from './shown';

test('a webhook receives what docs/alerts.md shows', async () => {
  const receiver = await serve((response) => response.end());
  const harness = await startHarness();
  const { store } = harness;
  const governance = new GovernanceService({ store });
  await governance.initialize();
  await store.putBudget(
    { ...budgetOf('org-001', { monthlyMicroUsd: fromUsd(1_000) }), alerts: { webhookUrl: `${receiver.url}/hook` } },
    Date.now(),
  );
  await governance.recordInvocationCost({ externalAgentId: 'agent-001', organizationId: 'org-001', actualCost: 780 });
  const [request] = await eventually(
    () => Promise.resolve(receiver.received),
    ({ length }) => length > 0,
  );
  const shown = blocksOf('docs/alerts.md').find(({ language }) => language === 'json');
  const [wanted, sent] = [JSON.parse(shown?.text ?? '') as object, JSON.parse(request?.body ?? '') as object];
  expect(isShownJson(wanted, sent)).toBe(true);
  // It says that the body begins so.
  expect(Object.keys(sent).slice(0, Object.keys(wanted).length)).toEqual(Object.keys(wanted));
  await Promise.all([harness.stop(), receiver.close()]);
});
