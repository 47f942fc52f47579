import { owners } from '@app/contracts';
import { questionOf } from '../../apps/portal/src/api/searchQuestion.js';
import { documentNumberOf } from '../../libs/casework/src/domain/document-number.js';

it.each(owners)('asks %s for the numbers that its own register gives', (owner) => {
  const number = documentNumberOf(owner, { year: 2026, number: 12 });
  expect(questionOf(number)).toEqual({ kind: 'document', owner, text: number });
  expect(questionOf(number.toLowerCase().replace(/-0+/, '-'))).toMatchObject({ kind: 'document', owner });
});

it('takes no other letters for a register', () => {
  expect(questionOf('XX-2026-000012')).toBeNull();
});
