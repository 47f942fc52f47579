/** As much of an OpenAPI document as is read here. */
export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

const SCHEMA = '#/components/schemas/';

/**
 * The part of the services' document that the portal uses, as it sees it through the gateway. What the portal does not call may change
 * without changing this.
 * @param owner whose operations stand for `{owner}`
 * @throws Error naming an operation that no service has
 */
export function reducedDocument(document: ApiDocument, used: readonly string[], owner: string): ApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of [...used].sort()) {
    const [method = '', path = ''] = name.split(' ');
    const served = servedPath(path, owner);
    const operation = document.paths[served]?.[method.toLowerCase()];
    if (operation === undefined) throw new Error(`no service has ${method} ${served}`);
    (paths[path] ??= {})[method.toLowerCase()] = withOwner(operation as Operation, path);
  }
  const schemas = document.components?.schemas ?? {};
  const wanted = new Set<string>();
  collect(paths, schemas, wanted);
  return {
    openapi: document.openapi,
    paths,
    components: { schemas: Object.fromEntries([...wanted].sort().map((name) => [name, schemas[name]])) },
  };
}

/** `/api/registry/persons` is `/registry/persons` of registry; `/ops` is the same at every service. */
export function servedPath(path: string, owner: string): string {
  return path
    .replace(/^\/api\/\{owner\}\/ops\//, '/ops/')
    .replace(/^\/api\//, '/')
    .replace('{owner}', owner);
}

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly [key: string]: unknown;
}

/** Without what only one owner's document says, and with the owner as a parameter. */
function withOwner(
  { operationId: _id, tags: _tags, security: _security, ...operation }: Operation,
  path: string,
) {
  if (!path.includes('{owner}')) return operation;
  const parameter = { name: 'owner', required: true, in: 'path', schema: { type: 'string' } };
  return { ...operation, parameters: [parameter, ...(operation.parameters ?? [])] };
}

/** Every schema that something refers to, and what those refer to. */
function collect(value: unknown, schemas: Readonly<Record<string, unknown>>, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const each of value) collect(each, schemas, into);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { $ref: reference } = value as { $ref?: unknown };
  if (typeof reference === 'string' && reference.startsWith(SCHEMA)) {
    const name = reference.slice(SCHEMA.length);
    if (into.has(name)) return;
    into.add(name);
    collect(schemas[name], schemas, into);
    return;
  }
  for (const each of Object.values(value)) collect(each, schemas, into);
}
