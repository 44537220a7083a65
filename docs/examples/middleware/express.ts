import { budgetGuard, budgetOf } from 'agent-budget/express';
import type { GovernanceService } from 'agent-budget';
import express, { type Express, type RequestHandler } from 'express';

export interface Parts {
  readonly governance: GovernanceService;
  /** Yours: sets `response.locals.user` from what it has checked. */
  readonly authenticate: RequestHandler;
  readonly ask: (question: string) => Promise<{ text: string; costUsd: number }>;
}

export function createApp({ governance, authenticate, ask }: Parts): { app: Express; idle: () => Promise<void> } {
  const guard = budgetGuard({
    service: governance,
    call: ({ res }) => ({ organizationId: 'acme', externalAgentId: 'support', userId: String(res?.locals['user']) }),
    estimatedCost: 0.5,
  });

  const app = express();
  // Last before the handler: what fails earlier holds nothing.
  app.post('/ask', authenticate, express.json(), guard, async (request, response) => {
    const budget = budgetOf(response);
    const { question } = request.body as { question?: string };
    if (question === undefined) {
      budget.nothingSpent();
      response.status(400).json({ error: 'No question' });
      return;
    }
    const { text, costUsd } = await ask(question);
    budget.report(costUsd);
    response.json({ text, warning: budget.reservation.warningMessage });
  });
  return { app, idle: () => guard.idle() };
}
