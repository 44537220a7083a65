import { budgetGuard } from 'agent-budget/hono';
import type { GovernanceService } from 'agent-budget';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';

export interface Parts {
  readonly governance: GovernanceService;
  readonly ask: (question: string) => AsyncIterable<{ text: string; costUsd: number }>;
}

/** A streamed answer: each part reports what the whole has cost so far, so that a client that leaves pays for what it got. */
export function createApp({ governance, ask }: Parts): { app: Hono; idle: () => Promise<void> } {
  const guard = budgetGuard({
    service: governance,
    call: () => ({ organizationId: 'acme', externalAgentId: 'support' }),
    estimatedCost: (c) => 0.001 * (c.req.query('q') ?? '').length,
  });

  const app = new Hono();
  app.get('/ask', guard, (c) => {
    const budget = c.get('budget');
    return stream(c, async (out) => {
      let costUsd = 0;
      for await (const part of ask(c.req.query('q') ?? '')) {
        costUsd += part.costUsd;
        budget.report(costUsd);
        await out.write(part.text);
      }
    });
  });
  return { app, idle: () => guard.idle() };
}
