import type { Finding } from './finding.js';
import { caseTerms } from './schema/case-limits.js';
import type { ItemStep, ItemVersion } from './schema/item.js';

type Path = readonly (string | number)[];

/** A term runs from something that is over when it begins. */
export function checkAnchor(path: Path, from: string | undefined, before: readonly ItemStep[]): Finding[] {
  if (from === undefined || from === 'application' || before.some(({ id }) => id === from)) return [];
  return [
    {
      path,
      problem: `The term runs from "${from}", which is no earlier step.`,
      advice: `Use ${['application', ...before.map(({ id }) => id)].join(' or ')}, or leave it out: then it runs from the step before.`,
    },
  ];
}

/**
 * The limits of the case as a whole, of an item's version or of a region's overlay: the whole runs from something that is over before the
 * decision, and only an item with a decision refuses.
 */
export function checkCaseLimits(
  { overall, tellRefusal }: Pick<ItemVersion, 'overall' | 'tellRefusal'>,
  at: Path,
  steps: readonly ItemStep[],
): Finding[] {
  const decision = steps.findIndex(({ kind }) => kind === 'decide');
  const findings: Finding[] = [];
  if (overall) {
    const before = decision < 0 ? steps.slice(0, -1) : steps.slice(0, decision);
    findings.push(...checkAnchor([...at, 'overall', 'from'], overall.from, before));
  }
  if (tellRefusal && decision < 0) {
    findings.push({
      path: [...at, 'tellRefusal'],
      problem: 'The item has no decision: nothing of it is refused.',
      advice: 'Leave it out, or add the step that decides.',
    });
  }
  return findings;
}

/** The terms of the case have names of their own among its clocks. */
export function checkStepNames(steps: readonly ItemStep[], at: Path): Finding[] {
  const taken: readonly string[] = caseTerms;
  return steps.flatMap(({ id }, place) =>
    taken.includes(id)
      ? [
          {
            path: [...at, place, 'id'],
            problem: `A step cannot be called "${id}": so is called a term of the case.`,
            advice: 'Give it another id.',
          },
        ]
      : [],
  );
}
