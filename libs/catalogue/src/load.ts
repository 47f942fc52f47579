import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCollection, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { checkItem, checkRegion } from './check.js';
import type { Finding } from './finding.js';
import { CatalogueError, nearest } from './errors.js';
import { itemFile, type ServiceItem } from './schema/item.js';
import { regionFile, type RegionFile } from './schema/region.js';

export interface LoadedFiles {
  readonly items: ReadonlyMap<string, ServiceItem>;
  readonly regions: ReadonlyMap<string, RegionFile>;
}

/** `libs/catalogue` of the house that this file runs in, from sources and from `dist` alike. */
export function catalogueDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
      if (name === 'onething') return join(directory, 'libs', 'catalogue');
    }
    const parent = dirname(directory);
    if (parent === directory) {
      throw new CatalogueError(
        '.',
        '',
        'No package named "onething" stands above the running code.',
        'Give the directory.',
      );
    }
    directory = parent;
  }
}

/**
 * Reads and checks every item and region.
 * @throws CatalogueError at the first thing that is wrong
 */
export function loadFiles(directory: string): LoadedFiles {
  const items = new Map<string, ServiceItem>();
  for (const path of yamlFiles(join(directory, 'items'))) {
    const file = relative(directory, path).split(sep).join('/');
    const expected = file.slice('items/'.length, -'.yaml'.length);
    const read = readChecked(path, file, itemFile);
    const item: ServiceItem = { ...read.value, domain: dirname(expected) };
    if (item.id !== expected) {
      throw located(file, read.document, read.lines, {
        path: ['id'],
        problem: `The id is "${item.id}".`,
        advice: `It equals the path: "${expected}".`,
      });
    }
    for (const finding of checkItem(item)) throw located(file, read.document, read.lines, finding);
    items.set(item.id, item);
  }
  const regions = new Map<string, RegionFile>();
  for (const path of yamlFiles(join(directory, 'regions'))) {
    const file = relative(directory, path).split(sep).join('/');
    const read = readChecked(path, file, regionFile);
    if (`${read.value.code}.yaml` !== basename(path)) {
      throw located(file, read.document, read.lines, {
        path: ['code'],
        problem: `The code is "${read.value.code}".`,
        advice: `It equals the file name: "${basename(path, '.yaml')}".`,
      });
    }
    for (const finding of checkRegion(read.value, items))
      throw located(file, read.document, read.lines, finding);
    regions.set(read.value.code, read.value);
  }
  if (!regions.has('00')) {
    throw new CatalogueError(
      'regions/00.yaml',
      '',
      'The nation’s layer is missing.',
      'Every region rests on it.',
    );
  }
  return { items, regions };
}

function yamlFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      if (statSync(path).isDirectory()) return yamlFiles(path);
      return name.endsWith('.yaml') ? [path] : [];
    });
}

function readChecked<T>(
  path: string,
  file: string,
  schema: z.ZodType<T>,
): { value: T; document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) {
    throw new CatalogueError(
      file,
      '',
      `It is not YAML: ${broken.message.split('\n')[0]}`,
      'Correct the text there.',
    );
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { value: parsed.data, document, lines };
  throw located(file, document, lines, firstFinding(parsed.error.issues, document));
}

type Issue = z.core.$ZodIssue;

/** The first issue that a person can act on; of a union, that of the branch which the text comes nearest to. */
function firstFinding(
  issues: readonly Issue[],
  document: Document,
  above: readonly PropertyKey[] = [],
): Finding {
  const issue = issues[0] as Issue;
  const path = [...above, ...issue.path] as (string | number)[];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = [...issue.errors].sort((a, b) => distance(a) - distance(b))[0] as Issue[];
    return firstFinding(best, document, path);
  }
  if (issue.code === 'unrecognized_keys') {
    const node = document.getIn(path, true);
    const siblings = isCollection(node) ? Object.keys(node.toJSON() as object) : [];
    const unknown = issue.keys[0] as string;
    const known = siblings.filter((key) => !issue.keys.includes(key));
    return {
      path: [...path, unknown],
      problem: `The key "${unknown}" is not known here.`,
      advice: `Remove it or correct its spelling; item.schema.json lists the keys (present beside it: ${nearest(unknown, known).join(', ') || 'none'}).`,
    };
  }
  return {
    path,
    problem: `${issue.message}.`,
    advice: 'item.schema.json and region.schema.json describe every field.',
  };
}

/** How far a text is from a branch of a union: own keys that the branch does not have, and keys that it misses. */
function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.path.length === 0 && issue.code === 'unrecognized_keys') return sum + 10 * issue.keys.length;
    if (issue.path.length === 0 && issue.code === 'invalid_type') return sum + 100;
    return sum + (issue.path.length <= 1 ? 5 : 1);
  }, 0);
}

function located(file: string, document: Document, lines: LineCounter, finding: Finding): CatalogueError {
  const path = finding.path.join('.');
  let line: number | undefined;
  for (let depth = finding.path.length; depth > 0 && line === undefined; depth -= 1) {
    const node = document.getIn(finding.path.slice(0, depth), true) as
      { range?: readonly number[] | null } | undefined;
    if (node?.range) line = lines.linePos(node.range[0] as number).line;
  }
  return new CatalogueError(
    file,
    line === undefined ? path : `${path} (line ${line})`,
    finding.problem,
    finding.advice,
  );
}
