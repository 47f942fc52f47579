import { base32, codeOfCounter, enrolmentAddress, stepAt, stepOfCode } from './totp.js';

const secret = Buffer.from('12345678901234567890');

it('gives the codes of RFC 6238, appendix B', () => {
  const vectors: [number, string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ];
  for (const [seconds, code] of vectors) {
    expect(codeOfCounter(secret, stepAt(new Date(seconds * 1000)), 8)).toBe(code);
  }
});

it('gives the codes of RFC 4226, appendix D', () => {
  expect([...Array(10).keys()].map((counter) => codeOfCounter(secret, counter))).toEqual([
    '755224',
    '287082',
    '359152',
    '969429',
    '338314',
    '254676',
    '287922',
    '162583',
    '399871',
    '520489',
  ]);
});

it('takes the code of the step, of the one before and after, and none of them twice', () => {
  const now = new Date('2026-03-02T01:00:00Z');
  const step = stepAt(now);
  for (const near of [step - 1, step, step + 1]) {
    expect(stepOfCode(secret, codeOfCounter(secret, near), now, 0)).toBe(near);
  }
  for (const far of [step - 2, step + 2]) {
    expect(stepOfCode(secret, codeOfCounter(secret, far), now, 0)).toBeNull();
  }
  expect(stepOfCode(secret, codeOfCounter(secret, step), now, step)).toBeNull();
  expect(stepOfCode(secret, '12345', now, 0)).toBeNull();
});

it('writes secrets as authenticator apps read them', () => {
  expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
  expect(base32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(enrolmentAddress(secret, '一件事', 'li.wei')).toBe(
    'otpauth://totp/%E4%B8%80%E4%BB%B6%E4%BA%8B:li.wei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E4%B8%80%E4%BB%B6%E4%BA%8B&algorithm=SHA1&digits=6&period=30',
  );
});
