import { z } from 'zod';
import { DomainError, DomainErrorCode } from '../../domain/errors';
import type { Budget } from '../../domain/budget';
import { id } from '../../contract/schemas/primitives';
import { changeBudget, whileUnchanged } from '../../store/change-budget';
import { budgetStatus } from '../../store/reports';
import { budgetJson, budgetOf, patched, statusJson } from '../budget-mapping';
import { organizationOf, type Api, type ApiContext } from '../context';
import { pageByName, pageQuery } from '../cursor';
import type { ApiDeps } from '../deps';
import { assertMayChange, isWithin } from '../reach';
import { route } from '../route';
import { budget, budgetBody, budgetPatch, budgetWithStatus } from '../schemas/budgets';
import { json, jsonBody, pageSchema } from '../schemas/common';
import { problems } from '../schemas/problem';
import { assertAlertsAllowed } from '../secrets';

const TAGS = ['Budgets'];
const params = z.object({ budget_id: id });

const list = route('get /api/v1/budgets', {
  tags: TAGS,
  summary: 'The budgets, by id',
  request: { query: pageQuery },
  responses: { 200: json('A page of budgets', pageSchema(budget)), ...problems() },
});

const put = route('put /api/v1/budgets/{budget_id}', {
  tags: TAGS,
  summary: 'Makes a budget, or changes all of it',
  description: 'What it has spent and holds stays. Limits count from the next call on.',
  request: { params, body: jsonBody(budgetBody) },
  responses: { 200: json('The budget as it is kept', budget), ...problems(409, 413, 415) },
});

const read = route('get /api/v1/budgets/{budget_id}', {
  tags: TAGS,
  summary: 'A budget and how it stands',
  request: { params },
  responses: { 200: json('The budget with its month and day', budgetWithStatus), ...problems(404) },
});

const patch = route('patch /api/v1/budgets/{budget_id}', {
  tags: TAGS,
  summary: 'Changes some of a budget',
  request: { params, body: jsonBody(budgetPatch) },
  responses: { 200: json('The budget as it is kept', budget), ...problems(404, 409, 413, 415) },
});

const remove = route('delete /api/v1/budgets/{budget_id}', {
  tags: TAGS,
  summary: 'Removes a budget',
  description: 'It limits no call any more; what it spent stays in entries and statements.',
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(404, 409) },
});

export function budgetRoutes(api: Api, deps: ApiDeps): void {
  const { store, now } = deps;

  api.openapi(list, async (c) => {
    const mine = (await store.budgets(organizationOf(c))).filter((one) => isWithin(one.scope, c.get('principal')));
    return c.json(
      pageByName(mine, c.req.valid('query'), budgetJson, ({ budgetId }) => budgetId),
      200,
    );
  });

  api.openapi(put, async (c) => {
    const { budget_id: budgetId } = c.req.valid('param');
    const wanted = budgetOf(organizationOf(c), budgetId, c.req.valid('json'));
    await assertAlertsAllowed(c, deps, wanted, c.req.valid('json').alerts);
    const kept = await changeBudget(store, now, async () => {
      const existing = await store.budget(organizationOf(c), budgetId);
      for (const one of existing === undefined ? [wanted] : [existing, wanted]) assertMayChange(one, c.get('principal'));
      return { budget: wanted, replaces: existing ?? null };
    });
    return c.json(budgetJson(kept), 200);
  });

  api.openapi(read, async (c) => {
    const { budget_id: budgetId } = c.req.valid('param');
    const found = await visibleBudget(c, store, budgetId);
    const status = await budgetStatus(store, organizationOf(c), budgetId, now());
    if (status === null) throw unknownBudget(budgetId);
    return c.json({ ...budgetJson(found), status: statusJson(status) }, 200);
  });

  api.openapi(patch, async (c) => {
    const wanted = c.req.valid('json');
    const changed = await changeBudget(store, now, async () => {
      const existing = await visibleBudget(c, store, c.req.valid('param').budget_id);
      const budget = patched(existing, wanted);
      await assertAlertsAllowed(c, deps, budget, wanted.alerts);
      return { budget, replaces: existing };
    });
    return c.json(budgetJson(changed), 200);
  });

  api.openapi(remove, async (c) => {
    const { budget_id: budgetId } = c.req.valid('param');
    const isRemoved = await whileUnchanged(async () => {
      const seen = await visibleBudget(c, store, budgetId);
      return store.removeBudget(organizationOf(c), budgetId, now(), seen);
    });
    if (!isRemoved) throw unknownBudget(budgetId);
    return c.body(null, 204);
  });
}

/** A budget that the key may see: of others it does not learn whether they are. Throws BudgetNotFound. */
export async function visibleBudget(c: ApiContext, store: Pick<ApiDeps['store'], 'budget'>, budgetId: string): Promise<Budget> {
  const found = await store.budget(organizationOf(c), budgetId);
  if (found === undefined || !isWithin(found.scope, c.get('principal'))) throw unknownBudget(budgetId);
  return found;
}

function unknownBudget(budgetId: string): DomainError {
  return new DomainError(DomainErrorCode.budgetNotFound, `There is no budget ${budgetId}`);
}
