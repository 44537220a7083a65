import { OpenAPIHono } from '@hono/zod-openapi';
import { GovernanceService } from '../governance';
import { countedStore } from '../store/counted-store';
import { withKnownKeys } from '../store/known-keys';
import { authentication } from './auth';
import type { Api, ApiEnv } from './context';
import type { ApiDeps } from './deps';
import { createHttpMetrics } from './metrics';
import { answerProblem, notFound } from './problem';
import { problemOf } from './problem-of';
import { agentBudgetRoutes } from './routes/agent-budget';
import { agentRoutes } from './routes/agents';
import { alertRoutes } from './routes/alerts';
import { budgetRoutes } from './routes/budgets';
import { costRoutes } from './routes/costs';
import { healthRoutes } from './routes/health';
import { invocationRoutes } from './routes/invocations';
import { invokeRoute } from './routes/invoke';
import { keyRoutes } from './routes/keys';
import { operationRoutes } from './routes/operation';
import { policyRoutes } from './routes/policy';
import { reportRoutes } from './routes/reports';
import { reservationRoutes } from './routes/reservations';
import { withOwnChecks } from './route';

/** The HTTP API over a ledger and a Temporal client. It listens nowhere: `serveApi` does. */
export function createApi(given: ApiDeps): Api {
  const api = withOwnChecks(new OpenAPIHono<ApiEnv>());
  const metrics = given.metrics ?? createHttpMetrics();
  const deps = { ...given, store: withKnownKeys(countedStore(given.store, metrics.ledger)) };
  api.onError((error, c) => answerProblem(c, problemOf(error, deps.log)));
  api.notFound((c) => answerProblem(c, notFound(`There is no ${c.req.method} ${c.req.path}`)));
  api.use(metrics.measure);
  api.use('/api/*', authentication(deps));

  const governance = ledgerOf(deps);
  invokeRoute(api, deps);
  invocationRoutes(api, deps);
  costRoutes(api, deps, governance);
  reservationRoutes(api, deps, governance);
  agentRoutes(api, deps);
  agentBudgetRoutes(api, deps);
  budgetRoutes(api, deps);
  reportRoutes(api, deps);
  alertRoutes(api, deps);
  policyRoutes(api, deps);
  keyRoutes(api, deps);
  healthRoutes(api, deps);
  operationRoutes(api, deps, metrics);
  return api;
}

async function ledgerOf({ store, now }: ApiDeps): Promise<GovernanceService> {
  const governance = new GovernanceService({ store, now });
  await governance.initialize();
  return governance;
}
