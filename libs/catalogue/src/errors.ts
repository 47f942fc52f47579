import { DomainError } from '@app/kernel';

/** Something in a file of the catalogue is wrong. The house does not start with it; the message says where and what to do. */
export class CatalogueError extends Error {
  constructor(
    /** File below the catalogue's directory, e.g. `items/subsidies/living-subsidy.yaml`. */
    readonly file: string,
    /** Position in the file, e.g. `versions.0.steps.2.limit`; empty for the file as a whole. */
    readonly path: string,
    readonly problem: string,
    readonly advice: string,
  ) {
    super(`${file}${path ? ` at ${path}` : ''}: ${problem} ${advice}`);
    this.name = 'CatalogueError';
  }
}

/** No region file covers the place. */
export class UnknownRegion extends DomainError {
  readonly slug = 'unknown-region';
  readonly kind = 'not-found';
  constructor(divisionCode: string, known: readonly string[]) {
    super('事项目录中没有这个地区的文件，请在 libs/catalogue/regions 下为该县（市、区）建立文件。', {
      divisionCode,
      known,
    });
  }
}

/** The catalogue has no such item, version, or it was never in force there. */
export class UnknownItem extends DomainError {
  readonly slug = 'unknown-item';
  readonly kind = 'not-found';
  constructor(itemId: string, version: string | null, near: readonly string[]) {
    super('事项目录中没有这个事项或版本，请核对事项编号。', {
      itemId,
      ...(version ? { version } : {}),
      near,
    });
  }
}

/** The names nearest to a mistyped one, best first. */
export function nearest(name: string, known: Iterable<string>, limit = 3): string[] {
  return [...known]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((row[j - 1] as number) + 1, (previous[j] as number) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
