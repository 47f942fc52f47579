/** What the services answer, as types: generated from their own documents (README.md). Nothing here runs. */
export type { components, paths } from './schema.js';
