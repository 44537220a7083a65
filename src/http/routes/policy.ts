import { ALERT_DEFAULTS } from '../../domain/alert-config';
import type { OrganizationPolicy } from '../../domain/budget';
import { alertsOf } from '../budget-mapping';
import { organizationOf, type Api } from '../context';
import type { ApiDeps } from '../deps';
import { assertUnpinned } from '../reach';
import { route } from '../route';
import { policy, policyBody } from '../schemas/alerts';
import { json, jsonBody } from '../schemas/common';
import { problems } from '../schemas/problem';
import { assertSecretsAllowed } from '../secrets';
import { snakeKeys } from '../snake';

const TAGS = ['Organization'];

const read = route('get /api/v1/organization/policy', {
  tags: TAGS,
  summary: 'What the organization decides',
  responses: { 200: json('The policy', policy), ...problems() },
});

const put = route('put /api/v1/organization/policy', {
  tags: TAGS,
  summary: "Changes all of the organization's policy",
  request: { body: jsonBody(policyBody) },
  responses: { 200: json('The policy as it is kept', policy), ...problems(413, 415) },
});

export function policyRoutes(api: Api, deps: ApiDeps): void {
  const { store } = deps;

  api.openapi(read, async (c) => c.json(policyJson(await store.policy(organizationOf(c))), 200));

  api.openapi(put, async (c) => {
    assertUnpinned(c.get('principal'));
    const body = c.req.valid('json');
    assertSecretsAllowed(c, deps, body.alerts);
    const wanted: OrganizationPolicy = {
      noBudget: body.no_budget,
      unconfirmedCost: body.unconfirmed_cost,
      failedCost: body.failed_cost,
      alerts: { ...ALERT_DEFAULTS, ...alertsOf(body.alerts) },
      requires: { teamId: body.requires.team_id, userId: body.requires.user_id },
    };
    await store.putPolicy(organizationOf(c), wanted);
    return c.json(policyJson(wanted), 200);
  });
}

function policyJson({ alerts, requires, ...policyOf }: OrganizationPolicy) {
  const { emailRecipients, thresholds, ...rest } = alerts;
  const lists = { email_recipients: [...emailRecipients], thresholds: [...thresholds] };
  return { ...snakeKeys(policyOf), alerts: { ...snakeKeys(rest), ...lists }, requires: snakeKeys(requires) };
}
