import { z } from 'zod';
import type { EntryPayload } from '../../contract/payloads/entry';
import { id } from '../../contract/schemas/primitives';
import { entries, statements } from '../../store/reports';
import { statementJson } from '../budget-mapping';
import { organizationOf, type Api, type ApiContext } from '../context';
import { pageByName, pageOf, pageQuery, placeIn } from '../cursor';
import type { ApiDeps } from '../deps';
import { route } from '../route';
import { entry, statement } from '../schemas/budgets';
import { json, pageSchema } from '../schemas/common';
import { problems } from '../schemas/problem';
import { snakeKeys } from '../snake';
import { visibleBudget } from './budgets';

const TAGS = ['Budgets'];
const params = z.object({ budget_id: id });

const listEntries = route('get /api/v1/budgets/{budget_id}/entries', {
  tags: TAGS,
  summary: 'What was charged to a budget, in the order of writing',
  request: { params, query: pageQuery },
  responses: { 200: json('A page of ledger entries', pageSchema(entry)), ...problems(404) },
});

const listStatements = route('get /api/v1/budgets/{budget_id}/statements', {
  tags: TAGS,
  summary: "A budget's closed periods, the oldest first",
  request: { params, query: pageQuery },
  responses: { 200: json('A page of statements', pageSchema(statement)), ...problems(404) },
});

export function reportRoutes(api: Api, { store }: ApiDeps): void {
  /** A removed budget's reports stay; a key that is pinned could not tell whose they were. */
  async function assertVisible(c: ApiContext, budgetId: string): Promise<void> {
    const rows = await store.balances(organizationOf(c), budgetId, Number.MIN_SAFE_INTEGER);
    const { teamId, userId } = c.get('principal');
    if (rows.length === 0 || teamId !== null || userId !== null) await visibleBudget(c, store, budgetId);
  }

  api.openapi(listEntries, async (c) => {
    const { budget_id: budgetId } = c.req.valid('param');
    const { cursor, limit } = c.req.valid('query');
    await assertVisible(c, budgetId);
    const [after = 0] = placeIn(cursor, z.tuple([z.number().int().min(0)])) ?? [];
    const found = await entries(store, organizationOf(c), { budgetId, after, most: limit + 1 });
    return c.json(
      pageOf(found, limit, entryJson, ({ entryId }) => [entryId]),
      200,
    );
  });

  api.openapi(listStatements, async (c) => {
    const { budget_id: budgetId } = c.req.valid('param');
    await assertVisible(c, budgetId);
    const all = await statements(store, organizationOf(c), budgetId);
    return c.json(
      pageByName(all, c.req.valid('query'), statementJson, ({ periodStart }) => periodStart),
      200,
    );
  });
}

function entryJson({ metadata, ...entry }: EntryPayload) {
  return { ...snakeKeys(entry), metadata: metadata as Record<string, unknown> | null };
}
