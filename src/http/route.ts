import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import type { Handler, MiddlewareHandler } from 'hono';
import { ACCESS, isAllowed, type Access, type RouteName } from './access';
import { assertNoBody, jsonOf } from './body';
import { checkRequest } from './checked';
import type { Api, ApiEnv } from './context';
import { forbidden } from './problem';

type MethodOf<Name extends RouteName> = Name extends `${infer Method extends RouteConfig['method']} ${string}` ? Method : never;
type PathOf<Name extends RouteName> = Name extends `${string} ${infer Path}` ? Path : never;

/** A route of the table, which says its method and path, and who may use it. It takes a body where it says which, and then only with one. */
export function route<const Name extends RouteName, Config extends Omit<RouteConfig, 'method' | 'path' | 'middleware' | 'security'>>(
  name: Name,
  config: Config,
) {
  const [method, path] = name.split(' ') as [MethodOf<Name>, PathOf<Name>];
  const access = ACCESS[name];
  const security = access === 'public' ? [] : [{ bearer: [] }];
  return createRoute({ ...config, method, path, security, middleware: [admission(access, config.request ?? {})] });
}

/** What a request must pass before its handler sees it, in one middleware: each costs every request some promises. */
function admission(access: Access, parts: NonNullable<RouteConfig['request']>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (access !== 'public' && !isAllowed(c.get('principal').role, access)) {
      throw forbidden(`This needs a key of role ${access}; this key's is ${c.get('principal').role}`);
    }
    // The body after that: nobody sends two megabytes here without a key that may.
    let json: unknown;
    if (parts.body !== undefined) json = await jsonOf(c);
    else if (access !== 'public') assertNoBody(c);
    checkRequest(c, parts, json);
    await next();
  };
}

/**
 * Lets the app's `openapi` document the routes that it makes, and no more: `admission` checks their requests.
 */
export function withOwnChecks(api: Api): Api {
  const make = api.openapi;
  api.openapi = ((config: RouteConfig & { middleware?: MiddlewareHandler<ApiEnv>[] }, handler: Handler<ApiEnv>) => {
    const { middleware, ...documented } = config;
    api.openAPIRegistry.registerPath(documented);
    return make({ ...documented, request: {}, hide: true, middleware: middleware ?? [] }, handler);
  }) as typeof make;
  return api;
}
