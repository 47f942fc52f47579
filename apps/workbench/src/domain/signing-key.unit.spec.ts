import { publishedKeysAt, rotationAt, rotationIsDue, signingKeyAt } from './signing-key.js';

const at = (time: string) => new Date(`2026-03-02T${time}Z`);
const first = { kid: 'first', signsFrom: at('01:00:00'), publishedUntil: null };

it('publishes a new key before it signs, and the old one until its tokens have ended', () => {
  const { signsFrom, othersUntil } = rotationAt([first], at('02:00:00'), false);
  const keys = [
    { ...first, publishedUntil: othersUntil },
    { kid: 'second', signsFrom, publishedUntil: null },
  ];
  const names = (now: Date) => publishedKeysAt(keys, now).map(({ kid }) => kid);
  expect(signingKeyAt(keys, at('02:00:01'))?.kid).toBe('first');
  expect(names(at('02:00:01'))).toEqual(['first', 'second']);
  expect(signingKeyAt(keys, at('02:02:00'))?.kid).toBe('second');
  // The last token of the first key was signed at 02:01:59 and ends at 02:02:59.
  expect(names(at('02:03:00'))).toEqual(['first', 'second']);
  expect(names(at('02:04:00'))).toEqual(['second']);
});

it('believes a compromised key no longer, from that moment on', () => {
  const { signsFrom, othersUntil } = rotationAt([first], at('02:00:00'), true);
  const keys = [
    { ...first, publishedUntil: othersUntil },
    { kid: 'second', signsFrom, publishedUntil: null },
  ];
  expect(signingKeyAt(keys, at('02:00:00'))?.kid).toBe('second');
  expect(publishedKeysAt(keys, at('02:00:00')).map(({ kid }) => kid)).toEqual(['second']);
});

it('is due by age, and when there is no key', () => {
  expect(rotationIsDue([], at('01:00:00'), 30)).toBe(true);
  expect(rotationIsDue([first], new Date('2026-03-31T00:59:59Z'), 30)).toBe(false);
  expect(rotationIsDue([first], new Date('2026-04-01T01:00:01Z'), 30)).toBe(true);
});
