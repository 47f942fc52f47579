import { z } from 'zod';
import { itemFile } from './item.js';
import { regionFile } from './region.js';

/** JSON Schemas of the two file formats, for editors and forms. What they cannot say (cross-references) the loader checks. */
export function jsonSchemas(): Readonly<Record<'item.schema.json' | 'region.schema.json', object>> {
  const options = { io: 'input', target: 'draft-2020-12' } as const;
  return {
    'item.schema.json': { title: 'Service item', ...z.toJSONSchema(itemFile, options) },
    'region.schema.json': { title: 'Region', ...z.toJSONSchema(regionFile, options) },
  };
}
