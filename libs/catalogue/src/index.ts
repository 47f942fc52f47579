export {
  Catalogue,
  type Determination,
  type ItemInForce,
  type ItemStep,
  type Outcome,
  type Region,
  type RegionCatalogue,
  type Trace,
} from './catalogue.js';
export type { Reason } from './engine/compile.js';
export type { Answer, TraceNode } from './engine/explain.js';
export { ageOn, dayOfAge } from './days.js';
export { CatalogueError, UnknownItem, UnknownRegion } from './errors.js';
export { valueOn } from './layers.js';
export { periodOf, rateOf } from './rates.js';
export { caseTerms } from './schema/case-limits.js';
export { circumstances, type Circumstance, type Material, type ServiceItem } from './schema/item.js';
export type { StepLimit } from './schema/limit.js';
export type { AcceptIncomplete, Supplement } from './schema/papers.js';
export type { StepRungs } from './schema/rungs.js';
export type { Source } from './schema/source.js';
export type { FactValue, KnownFact, KnownFacts, Subject, SubjectCard, SubjectMember } from './subject.js';
export { factNamed, vocabulary, type FactDefinition, type FactType } from './vocabulary.js';
