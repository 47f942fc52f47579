import { limit } from './limit.js';

/** Names of the terms of a case that are no step's; no step of an item may have one of them. */
export const caseTerms = ['overall', 'tell-refusal'] as const;

/** How long the whole takes, from the end of a step to the decision. */
export const overall = limit
  .refine(({ from }) => from !== undefined, {
    message: 'the whole runs from something that its text names: a step, or `application`',
    path: ['from'],
  })
  .describe(
    'Within how long it is decided in all (全程), beside the terms of the steps. `from`: the step whose end is the acceptance (受理), or `application`. Absent: no text says.',
  );

/** Within how long the person is told that it was refused. */
export const tellRefusal = limit
  .refine(({ from, window }) => from === undefined && window === undefined, {
    message: 'the term runs from the decision: neither a step nor a window applies',
    path: ['from'],
  })
  .refine(({ pauses, extension }) => !pauses && !extension, {
    message: 'what was decided is told: the term neither pauses nor is extended',
    path: ['pauses'],
  })
  .describe(
    'Within how long after the decision the person is told of a refusal (告知); it ends with its service. Absent: no text says.',
  );
