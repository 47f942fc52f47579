import type { Role } from '@app/access';

/** Who may look at a person's chain and table: the federation's own line, from the county to the village. */
export const READERS: readonly Role[] = [
  'federation-lead',
  'card-officer',
  'benefit-officer',
  'rehab-officer',
  'care-officer',
  'employment-officer',
  'education-officer',
  'rights-officer',
  'accessibility-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
];
