import { Client, Connection } from '@temporalio/client';
import { createBudgetClient } from 'agent-budget';

/** Invokes an agent from an app, and says until when a budget denies it. */
export async function summarize(console: Pick<Console, 'log'>) {
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233' });
  const budget = createBudgetClient(new Client({ connection }));

  const receipt = await budget.invoke({
    organizationId: 'acme',
    agentId: 'summarizer',
    input: { document: 'Budgets hold money before it is spent.' },
    idempotencyKey: 'order-4712',
  });
  if (receipt.status === 'denied') console.log(receipt.denial?.reason, 'until', receipt.denial?.resetsAt);
  await connection.close();
  return receipt;
}
