import { maskName, maskNumber } from '@app/access';
import { canary, findCanaries } from './canary.js';

const find = (text: string) => findCanaries([{ where: 'here', text }]);
const number = canary.identityNumber;

describe('looking for the canary', () => {
  it.each([
    ['plain', `{"number":"${number}"}`],
    ['plain', `in a sentence ${canary.name}。`, 'name'],
    ['plain', canary.phone, 'phone'],
    ['plain', canary.account, 'account'],
    ['plain', canary.address, 'address'],
    ['grouped', number.replace(/(.{6})(.{8})/, '$1 $2 ')],
    ['grouped', number.replaceAll(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))],
    ['grouped', canary.phone.replace(/(.{3})(.{4})/, '$1-$2-'), 'phone'],
    ['percent-encoded', `/find?name=${encodeURIComponent(canary.name)}`, 'name'],
    ['escaped', '\\u91D1\\u4e1d\\u96c0', 'name'],
    ['hexadecimal', Buffer.from(`x${number}`).toString('hex')],
    ['middle', `3388**${number.slice(6, 17)}*`],
    ['base64', Buffer.from(`${number}`).toString('base64')],
    ['base64', Buffer.from(`a${number}b`).toString('base64')],
    ['base64url', Buffer.from(`ab${number}c`).toString('base64url')],
    ['base64', Buffer.from(JSON.stringify({ name: canary.name })).toString('base64'), 'name'],
  ])('finds it %s: %#', (form, text, secret = 'identityNumber') => {
    expect(find(text)).toContainEqual({ where: 'here', secret, form });
  });

  it('does not find what is masked, encrypted, or somebody else', () => {
    const harmless = [
      maskNumber(number),
      maskName(canary.name),
      maskNumber(canary.phone),
      canary.birthDate,
      '338801198005170013',
      Buffer.from('338801198005170013').toString('base64'),
      '3388',
      '',
    ];
    expect(findCanaries(harmless.map((text) => ({ where: text, text })))).toEqual([]);
  });

  it('never says the value, nor what stands around it', () => {
    expect(JSON.stringify(find(`${number} ${canary.name}`))).not.toMatch(/3388|金/);
  });
});
