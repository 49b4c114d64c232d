import { methodNotAllowed, noSuchPath } from './api-error.js';
import type { User } from './auth/auth.js';
import type { ResourceRegistry } from './resources/resource.js';
import type { Handlers } from './server/index.js';
import { handlerKey } from './server/handlers.js';
import { requestInfo } from './server/request-info.js';

/** What the controllers ask of subresources, such as a Pod's binding, within the process. */
export function rawCalls(registry: ResourceRegistry, handlers: Handlers, user: User) {
  return async (method: string, path: string, body: unknown): Promise<unknown> => {
    const { resource: at } = requestInfo(method, path);
    const resource = at && registry.find(at.group, at.version, at.plural);
    if (!at || !resource) throw noSuchPath();
    const handler = handlers.get(handlerKey(resource, at.subresource));
    if (!handler) throw methodNotAllowed(`${method} ${path} is not served within the process`);
    const { namespace, name } = at;
    return handler({
      resource,
      body,
      user,
      dryRun: false,
      warn: () => {},
      ...(resource.namespaced && namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    });
  };
}
