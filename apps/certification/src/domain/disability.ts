import type { DisabilityCategory, DisabilityGrade } from '@app/contracts';
import { DomainError } from '@app/kernel';

/** One disability that an assessment found: one of the six categories, with its own grade. */
export interface Component {
  readonly category: Exclude<DisabilityCategory, 'multiple'>;
  readonly grade: DisabilityGrade;
}

export interface Disability {
  readonly category: DisabilityCategory;
  readonly grade: DisabilityGrade;
  readonly components: readonly Component[];
}

/** The same category twice: an assessment gives each category one grade. */
export class CategoryRepeated extends DomainError {
  readonly slug = 'category-repeated';
  readonly kind = 'invalid';
  constructor() {
    super('同一残疾类别只能评定一个等级，请删去重复的类别。');
  }
}

/**
 * What the card says: the one disability found, or 多重 with the grade of the heaviest (GB/T 26341-2010; 管理办法 §13).
 * @returns null if none was found: the standard is not met
 * @throws CategoryRepeated
 */
export function disabilityOf(components: readonly Component[]): Disability | null {
  const [first, ...others] = components;
  if (!first) return null;
  if (new Set(components.map(({ category }) => category)).size < components.length) {
    throw new CategoryRepeated();
  }
  if (others.length === 0) return { ...first, components };
  const grade = Math.min(...components.map((component) => component.grade)) as DisabilityGrade;
  return { category: 'multiple', grade, components };
}

export function sameDisability(a: Disability, b: Disability): boolean {
  const text = ({ category, grade, components }: Disability) =>
    JSON.stringify([
      category,
      grade,
      components.map((component) => `${component.category}${component.grade}`).sort(),
    ]);
  return text(a) === text(b);
}
