import type { Finding } from './finding.js';
import { nearest } from './errors.js';
import type { AcceptIncomplete, Supplement } from './schema/papers.js';

type Path = readonly (string | number)[];

/** The rules for papers that are not there yet, of an item's version or of a region's overlay. */
export interface PaperRules {
  readonly supplement?: Supplement | undefined;
  readonly acceptIncomplete?: AcceptIncomplete | undefined;
}

/** What these rules may name. */
export interface PaperNames {
  readonly steps: ReadonlySet<string>;
  /** Materials that only the person can give. */
  readonly asked: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
  /** Only an invented place has invented rules. */
  readonly demo: boolean;
}

/** Everything in the rules for missing papers that names something else. */
export function checkPapers(
  { supplement, acceptIncomplete }: PaperRules,
  at: Path,
  names: PaperNames,
): Finding[] {
  const findings: Finding[] = [];
  const known = (path: Path, what: string, words: readonly string[], all: ReadonlySet<string>) =>
    words.forEach((word, place) => {
      if (all.has(word)) return;
      findings.push({
        path: [...path, place],
        problem: `${what} "${word}" does not exist.`,
        advice: all.size > 0 ? `Did you mean ${nearest(word, all).join(', ')}?` : 'This item has none.',
      });
    });
  for (const [key, rule] of Object.entries({ supplement, acceptIncomplete })) {
    if (!rule) continue;
    if (rule.source !== undefined && !names.sources.has(rule.source)) {
      findings.push({
        path: [...at, key, 'source'],
        problem: `The source "${rule.source}" does not exist.`,
        advice: `Did you mean ${nearest(rule.source, names.sources).join(', ')}?`,
      });
    }
    if (rule.demo && !names.demo) {
      findings.push({
        path: [...at, key, 'demo'],
        problem: 'An invented rule stands outside an invented place.',
        advice: 'Give its source, or leave it out.',
      });
    }
  }
  known([...at, 'supplement', 'effect', 'steps'], 'The step', supplement?.effect?.steps ?? [], names.steps);
  known(
    [...at, 'acceptIncomplete', 'suspends', 'steps'],
    'The step',
    acceptIncomplete?.suspends?.steps ?? [],
    names.steps,
  );
  known(
    [...at, 'acceptIncomplete', 'materials'],
    'Among what is asked of the person, the material',
    acceptIncomplete?.materials ?? [],
    names.asked,
  );
  return findings;
}
