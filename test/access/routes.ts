import { HttpAdapterHost } from '@nestjs/core';
import type { ServiceUnderTest } from '@app/testing';

/** One door of the house, as its routers know it. */
export interface Route {
  /** `GET`, `POST` … */
  readonly method: string;
  /** As the router spells it: `/registry/persons/:id`. */
  readonly path: string;
  /** `GET /registry/persons/:id`: the name under which the matrix speaks of it. */
  readonly name: string;
}

interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Record<string, boolean> };
}

/** `ALL` for a door that is open to whatever method there is. */
function methodsOf(methods: Record<string, boolean>): string[] {
  const names = Object.keys(methods).filter((method) => methods[method]);
  return names.length > 1 ? ['ALL'] : names;
}

/**
 * Every door of a started process, read from the stack of its router: what is there, whether or not a document or a decorator
 * speaks of it.
 * @throws Error if the router cannot be read, so that a change of the framework is no empty list
 */
export function routesOf(service: Pick<ServiceUnderTest, 'get'>): Route[] {
  const express = service.get(HttpAdapterHost).httpAdapter.getInstance<{ router?: { stack?: Layer[] } }>();
  const stack = express.router?.stack;
  if (!stack) throw new Error('the router of this process has no stack to read');
  const routes = stack.flatMap(({ route }) =>
    route
      ? [route.path].flat().flatMap((path) =>
          methodsOf(route.methods).map((method) => ({
            method: method.toUpperCase(),
            path,
            name: `${method.toUpperCase()} ${path}`,
          })),
        )
      : [],
  );
  if (routes.length < 20)
    throw new Error(`only ${routes.length} routes were found: the router is read wrongly`);
  return [...new Map(routes.map((route) => [route.name, route])).values()];
}
