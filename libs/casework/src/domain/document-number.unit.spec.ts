import { owners } from '@app/contracts';
import { documentNumberOf, placeInRegister } from './document-number.js';

it.each(owners)('is read back by %s, and by no other service', (owner) => {
  const text = documentNumberOf(owner, { year: 2026, number: 12 });
  expect(text).toMatch(/^[A-Z]{2}-2026-000012$/);
  expect(owners.filter((other) => placeInRegister(other, text))).toEqual([owner]);
  expect(placeInRegister(owner, text)).toEqual({ year: 2026, number: 12 });
});

it.each(['', 'BT-2026', 'BT-26-12', 'BT-2026-x', 'BT-2026-1234567890', 'bt-2026-12'])('is not %p', (text) => {
  expect(placeInRegister('subsidies', text)).toBeNull();
});

it('is read without the zeros, as people type it', () => {
  expect(placeInRegister('subsidies', 'BT-2026-12')).toEqual({ year: 2026, number: 12 });
});
