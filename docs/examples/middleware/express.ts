import { budgetGuard, budgetOf } from 'agent-budget/express';
import type { GovernanceService } from 'agent-budget';
import express, { type Express, type RequestHandler } from 'express';

export interface Parts {
  readonly governance: GovernanceService;
  /** Yours: sets `response.locals.user` from what it has checked. */
  readonly authenticate: RequestHandler;
  readonly ask: (question: string) => Promise<{ text: string; costUsd: number }>;
  readonly answers: ReadonlyMap<string, string>;
}

export function createApp({ governance, authenticate, ask, answers }: Parts): { app: Express; idle: () => Promise<void> } {
  const guard = budgetGuard({
    service: governance,
    call: ({ res }) => ({ organizationId: 'acme', externalAgentId: 'support', userId: String(res?.locals['user']) }),
    estimatedCost: 0.5,
  });

  const app = express();
  // Last before the handler: what fails earlier holds nothing.
  app.post('/ask', authenticate, express.json(), guard, async (request, response) => {
    const { question } = request.body as { question: string };
    const { text, costUsd } = await ask(question);
    budgetOf(response).report(costUsd);
    response.json({ text });
  });

  app.get('/answers/:question', authenticate, guard, async (request, response) => {
    const budget = budgetOf(response);
    const known = answers.get(String(request.params['question']));
    if (known === undefined) {
      budget.nothingSpent();
      response.status(404).json({ error: 'Nobody has asked that' });
      return;
    }
    const { text, costUsd } = await ask(`In short: ${known}`);
    budget.report(costUsd);
    response.json({ text, warning: budget.reservation.warningMessage });
  });
  return { app, idle: () => guard.idle() };
}
