import { z } from 'zod';
import type { Answer } from './support';

type Schema = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
  readonly requestBody?: unknown;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schema };
}

/** The document's operations, by method and path. */
export function operationsOf({ paths }: Document): Readonly<Record<string, Operation>> {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation])),
  );
}

/** What of an answer the document does not say: its status, its type, or its fields. Null where it is as documented. */
export function misfitOf({ components }: Document, { responses }: Operation, { status, headers, text, body }: Answer): string | null {
  const response = responses[String(status)];
  if (response === undefined) return `${String(status)} is not documented: ${text.slice(0, 300)}`;
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (response.content === undefined) return text === '' ? null : 'a body is not documented';
  const schema = response.content[type]?.schema;
  if (schema === undefined) return `${type} is not documented`;
  const whole = JSON.stringify({ ...schema, $defs: components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  const { error } = z.fromJSONSchema(JSON.parse(whole) as never).safeParse(body);
  return error === undefined ? null : JSON.stringify(error.issues);
}
