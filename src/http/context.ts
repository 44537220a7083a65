import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { KeyBounds, KeyRole } from '../domain/api-key';
import { invalidRequest } from './problem';

/** Who asks. Bounds are those of the key or token. */
export interface Principal extends KeyBounds {
  /** Tells one from another, and no secret. */
  readonly id: string;
  readonly role: KeyRole;
}

export interface ApiEnv {
  /** Absent where the app is asked without a server. */
  Bindings: Partial<HttpBindings> & {
    /** Aborted when the server is told to close: whoever sends it requests should send them elsewhere. */
    readonly draining?: AbortSignal;
    /** Aborted when the server begins to close: who waits is to be answered. */
    readonly closing?: AbortSignal;
  };
  Variables: {
    principal: Principal;
    /** Whose data this request is about: the key's organization, or the one that an operator named; null: none was. */
    organizationId: string | null;
  };
}

export type Api = OpenAPIHono<ApiEnv>;
export type ApiContext = Context<ApiEnv>;

/** The request as Node has it; undefined where the app is asked without a server, and then often without bindings. */
export function incomingOf({ env }: { readonly env: ApiContext['env'] | undefined }) {
  return env?.incoming;
}

export function isDraining({ env }: { readonly env: ApiContext['env'] | undefined }): boolean {
  return env?.draining?.aborted === true;
}

export const ORGANIZATION_HEADER = 'X-Organization-Id';

/** Whose data this request is about. An operator's key belongs to no organization, and must name one. */
export function organizationOf(c: ApiContext): string {
  const organizationId = c.get('organizationId');
  if (organizationId !== null) return organizationId;
  throw invalidRequest({ path: ORGANIZATION_HEADER, message: "must name the organization: this is an operator's key" });
}

/** Adds a header to the answer, whatever that will be. On Node's own answer: a `Headers` for it costs several times as much. */
export function answerHeader(c: ApiContext, name: string, value: string): void {
  // Without a server there is none.
  const outgoing = (c.env as ApiContext['env'] | undefined)?.outgoing;
  if (outgoing === undefined) c.header(name, value);
  else outgoing.setHeader(name, value);
}
