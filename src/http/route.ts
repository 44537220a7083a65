import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { ACCESS, isAllowed, type Access, type RouteName } from './access';
import { jsonOnly, limitBody, noBody, plainJson } from './body';
import type { ApiEnv } from './context';
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
  // The body last: nobody sends two megabytes here without a key that may.
  const unread = access === 'public' ? [] : [noBody];
  const ofBody = config.request?.body === undefined ? unread : [limitBody, jsonOnly, plainJson];
  const middleware: MiddlewareHandler<ApiEnv>[] = [requireAccess(access), ...ofBody];
  return createRoute({ ...config, method, path, security, middleware });
}

function requireAccess(access: Access): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (access !== 'public' && !isAllowed(c.get('principal').role, access)) {
      throw forbidden(`This needs a key of role ${access}; this key's is ${c.get('principal').role}`);
    }
    await next();
  };
}
