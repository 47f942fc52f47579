import { faultsOfPassword } from './password-policy.js';

const owner = { userId: 'li.wei', name: '李薇', placeNames: ['海安县', '城东街道'] };
const common = new Set(['password', 'iloveyou', 'qwertyuiop123', '123456789012']);
const faults = (password: string) => faultsOfPassword(password, owner, (word) => common.has(word));

it('takes anything that is long and not known', () => {
  for (const good of [
    '四个不相干的词 马 电池 订书钉 对',
    'correct horse battery staple',
    '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧',
    'tK7#vQ2mZx9!',
  ]) {
    expect([good, faults(good)]).toEqual([good, []]);
  }
});

it('refuses what is short, or longer than anybody types', () => {
  expect(faults('tK7#vQ2mZx9')).toEqual(['too-short']);
  expect(faults('ab9-'.repeat(33))).toEqual(['too-long']);
  // Twelve emoji are twelve characters although JavaScript counts 24.
  expect(faults('🦊🐻🐼🐨🐯🦁')).toContain('too-short');
});

it('refuses what has leaked, also when it is dressed up', () => {
  for (const bad of ['QWERTYUIOP123', 'Password2026!', '2026--P@ssw0rd--', 'ｉｌｏｖｅｙｏｕ！！！！']) {
    expect([bad, faults(bad)]).toEqual([bad, ['common']]);
  }
});

it('refuses patterns', () => {
  for (const bad of ['aaaaaaaaaaaa', 'xk4mxk4mxk4m', 'abcdefghijklm', '9876543210987']) {
    expect([bad, faults(bad)]).toEqual([bad, ['repetitive']]);
  }
});

it('refuses the user, the name and the place', () => {
  expect(faults('LI.WEI-tK7#vQ2m')).toEqual(['holds-user-id']);
  expect(faults('我是李薇tK7#vQ2mZx')).toEqual(['holds-name']);
  expect(faults('海安tK7#vQ2mZx9!')).toEqual(['holds-place-name']);
  expect(faults('城东街道tK7#vQ2mZx9!')).toEqual(['holds-place-name']);
});
