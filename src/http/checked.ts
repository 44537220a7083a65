import type { RouteConfig } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { ApiContext } from './context';
import { validationProblem } from './validation';

type Parts = NonNullable<RouteConfig['request']>;

/**
 * Checks a request's query, path, headers and body against the schemas of its route, and keeps what they make of it for
 * `c.req.valid`. All in one step: a middleware each, as zod-openapi has it, costs more than the checks do, and its asynchronous parsing
 * takes zod's slow way. Throws a 400.
 */
export function checkRequest(c: ApiContext, { query, params, headers, body }: Parts, json: unknown): void {
  if (query !== undefined) keep(c, 'query', query as z.ZodType, queryOf(c));
  if (params !== undefined) keep(c, 'param', params as z.ZodType, c.req.param());
  if (headers !== undefined) keep(c, 'header', headers as z.ZodObject, headersOf(c, headers as z.ZodObject));
  const content = body?.content['application/json'];
  if (content === undefined || !('schema' in content)) return;
  assertParameters(c.req.header('content-type') ?? '');
  keep(c, 'json', content.schema as z.ZodType, json);
}

function keep(c: ApiContext, part: 'query' | 'param' | 'header' | 'json', schema: z.ZodType, value: unknown): void {
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw validationProblem(error);
  c.req.addValidatedData(part, data as object);
}

/** A parameter that is given several times is a list. */
function queryOf(c: ApiContext): unknown {
  return Object.fromEntries(Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

/** Headers' names have no case: those of the schema are as it writes them. */
function headersOf(c: ApiContext, { shape }: z.ZodObject): unknown {
  const written = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(Object.entries(c.req.header()).map(([name, value]) => [written.get(name) ?? name, value]));
}

/** That the type is JSON is known: this is about what follows it. */
function assertParameters(type: string): void {
  if (type === 'application/json' || /^application\/json(;\s*[a-zA-Z0-9-]+=([^;]+))*$/i.test(type)) return;
  throw new HTTPException(415, { message: 'Unsupported Media Type' });
}
