import { z } from 'zod';
import { id } from '../../contract/schemas/primitives';
import { InvocationFailed } from '../../client';
import { FailureType } from '../../contract/names/failures';
import { alertJson } from '../alert-mapping';
import { organizationOf, type Api } from '../context';
import { pageOf, pageQuery, placeIn } from '../cursor';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { route } from '../route';
import { alert, alertParams, sendAgainBody, testReport } from '../schemas/alerts';
import { json, jsonBody, pageSchema } from '../schemas/common';
import { problems } from '../schemas/problem';
import { snakeKeys } from '../snake';
import { answered } from '../wait-for';
import { visibleBudget } from './budgets';

const TAGS = ['Alerts'];
const params = z.object({ budget_id: id });
const WORKER_PATIENCE_MS = 60_000;

const list = route('get /api/v1/budgets/{budget_id}/alerts', {
  tags: TAGS,
  summary: "A budget's alerts, the newest first, and how each was delivered",
  request: { params, query: pageQuery },
  responses: { 200: json('A page of alerts', pageSchema(alert)), ...problems(404) },
});

const test = route('post /api/v1/budgets/{budget_id}/alerts/test', {
  tags: TAGS,
  summary: 'Sends a sample through every channel of a budget',
  request: { params },
  responses: { 200: json('What each channel answered; none: the budget tells nobody', testReport), ...problems(404, 502) },
});

const sendAgain = route('post /api/v1/budgets/{budget_id}/alerts/{alert_id}/send-again', {
  tags: TAGS,
  summary: 'Sends an alert again on a channel that failed or is disabled',
  request: { params: params.extend({ alert_id: alertParams }), body: jsonBody(sendAgainBody) },
  responses: { 202: json('It is on its way', z.object({ alert_id: z.number().int() })), ...problems(404, 409, 413, 415, 502) },
});

export function alertRoutes(api: Api, { store, alerts }: ApiDeps): void {
  api.openapi(list, async (c) => {
    const { budgetId } = await visibleBudget(c, store, c.req.valid('param').budget_id);
    const { cursor, limit } = c.req.valid('query');
    const before = placeIn(cursor, z.tuple([z.number().int()]))?.[0];
    const found = await store.alerts(organizationOf(c), budgetId, limit + 1, before);
    return c.json(
      pageOf(found, limit, alertJson, ({ alertId }) => [alertId]),
      200,
    );
  });

  api.openapi(test, async (c) => {
    const { budgetId } = await visibleBudget(c, store, c.req.valid('param').budget_id);
    const reports = await answered(alerts.test({ organizationId: organizationOf(c), budgetId }), WORKER_PATIENCE_MS).catch(failed);
    return c.json({ reports: reports.map(snakeKeys) }, 200);
  });

  api.openapi(sendAgain, async (c) => {
    const { budgetId } = await visibleBudget(c, store, c.req.valid('param').budget_id);
    const alertId = Number(c.req.valid('param').alert_id);
    const wish = { organizationId: organizationOf(c), budgetId, alertId, channel: c.req.valid('json').channel };
    const isSent = await answered(alerts.sendAgain(wish), WORKER_PATIENCE_MS).catch(failed);
    if (!isSent) throw notFound(`No delivery of alert ${String(alertId)} on ${wish.channel} has failed or is disabled`);
    return c.json({ alert_id: alertId }, 202);
  });
}

/** Whatever stopped a worker that was to send: no agent's failure. An outage is one, and a conflict, too. */
function failed(error: unknown): never {
  const others: readonly string[] = [FailureType.alertTaken, FailureType.ledgerUnavailable];
  if (!(error instanceof InvocationFailed) || others.includes(error.type)) throw error;
  throw new Problem(502, { type: 'alert-failed', title: 'The alert was not sent', detail: error.message, failure: error.type });
}
