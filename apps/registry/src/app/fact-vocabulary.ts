import { factNamed, vocabulary, type FactDefinition } from '@app/catalogue';
import { FactNotValid } from '../domain/errors.js';
import { isCalendarDay } from '../domain/identity-number.js';
import type { FactValue } from '../domain/person.js';

/** Facts that are kept here, in the order of the catalogue's vocabulary. */
export const registryFacts: readonly FactDefinition[] = vocabulary.filter(({ from }) => from === 'registry');

/**
 * Refuses a fact that no condition could read: an unknown name, or a value of another kind.
 * @throws FactNotValid saying what the name takes
 */
export function checkFact(name: string, value: FactValue): void {
  const fact = factNamed(name);
  if (fact?.from !== 'registry') {
    // The name is not repeated: what stands in the wrong field may be somebody's number.
    throw new FactNotValid('没有这种信息。请使用事项目录词表中由登记服务保管的信息名称。');
  }
  if (fits(fact, value)) return;
  throw new FactNotValid(`“${fact.zh}”的内容不符合要求：应为${whatItTakes(fact)}。`, { fact: name });
}

function fits(fact: FactDefinition, value: FactValue): boolean {
  switch (fact.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'day':
      return typeof value === 'string' && isCalendarDay(value);
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(fact.values ?? {}, value);
  }
}

function whatItTakes(fact: FactDefinition): string {
  switch (fact.type) {
    case 'boolean':
      return '是（true）或否（false）';
    case 'number':
      return '数字';
    case 'day':
      return '日期（YYYY-MM-DD）';
    case 'choice':
      return Object.entries(fact.values ?? {})
        .map(([value, word]) => `${value}（${word}）`)
        .join('、');
  }
}
