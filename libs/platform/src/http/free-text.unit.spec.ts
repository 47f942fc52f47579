import { freeText, holdsNumber } from './free-text.js';

it('finds the number of a person however it is written, and takes days and years for what they are', () => {
  for (const text of [
    '身份证338801199003074512',
    '３３８８０１１９９００３０７４５１Ｘ',
    '3388 0119 9003 0745 12',
    '电话 199-0000-1234',
    '账号6222021234567890123',
  ]) {
    expect([text, holdsNumber(text)]).toEqual([text, true]);
  }
  for (const text of [
    '自2026-03-02至2026-03-08在村务公开栏公示',
    '2025.11.01 2026.11.01',
    '第 2026 号，共 12 页，金额 105000 分',
    '拨打12345',
  ]) {
    expect([text, holdsNumber(text)]).toEqual([text, false]);
  }
  const refused = freeText(1, 100).safeParse('见 338801199003074512');
  expect(JSON.stringify(refused.error?.issues)).not.toContain('3388');
});
