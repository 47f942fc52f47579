import { maskedPayload } from './masked-payload.js';

const PERSON = 'b7a4e7b8-6f0b-4c5e-9b57-0f1f0e6c8f0d';

it('shows ids and codes of the catalogue, and of everything else what it is', () => {
  const data = {
    ...{ personId: PERSON, itemId: 'subsidies/living-subsidy', version: 3 },
    ...{ name: '何小满', birthDate: '1970-01-01', amount: 100, dead: true, until: null },
    facts: [{ name: 'aid.dibao', value: true }],
  };
  expect(JSON.parse(maskedPayload(JSON.stringify(data))!)).toEqual({
    ...{ personId: PERSON, itemId: 'subsidies/living-subsidy', version: 3 },
    ...{
      name: '（文字，3 字符）',
      birthDate: '（文字，10 字符）',
      amount: '（数字）',
      dead: '（是否）',
      until: null,
    },
    facts: [{ name: '（文字，9 字符）', value: '（是否）' }],
  });
});

it('lets no number through that a broken producer puts where a code or the name of a field belongs', () => {
  const number = '338801199001011234';
  const shown = maskedPayload(
    JSON.stringify({ itemId: number, version: number, [number]: 1, period: Number(number) }),
  );
  expect(shown).not.toContain('19900101');
});

it('shows nothing of what is no JSON', () => {
  expect(maskedPayload('何小满 338801199001011234')).toBeNull();
  expect(maskedPayload(null)).toBeNull();
});
