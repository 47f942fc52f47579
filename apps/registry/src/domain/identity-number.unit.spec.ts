import { checkCharacter } from '@app/access';
import fc from 'fast-check';
import { ageOn, isCalendarDay, readIdentityNumber } from './identity-number.js';
import { isRegionCode } from './region-codes.js';

const TODAY = '2026-03-02';
const read = (text: string) => readIdentityNumber(text, TODAY);
const problemOf = (text: string) => {
  const result = read(text);
  if (result.ok) throw new Error('was accepted');
  return result;
};
const withCheck = (seventeen: string) => seventeen + checkCharacter(seventeen);

describe('an identity number', () => {
  it('has the check character of GB 11643', () => {
    // The two examples of the standard's own annex.
    expect(checkCharacter('11010519491231002')).toBe('X');
    expect(checkCharacter('44052418800101001')).toBe('4');
    expect(read('11010519491231002X')).toEqual({
      ok: true,
      value: { number: '11010519491231002X', birthDate: '1949-12-31', sex: 'female' },
    });
  });

  it('is read however it was typed', () => {
    for (const typed of [
      '11010519491231002x',
      ' 110105 19491231 002X ',
      '１１０１０５１９４９１２３１００２Ｘ',
      '110105-19491231-002X',
      "'11010519491231002X",
    ]) {
      expect(read(typed)).toMatchObject({ ok: true, value: { number: '11010519491231002X' } });
    }
  });

  it('tells sex by the seventeenth digit', () => {
    expect(read(withCheck('33880119850615101'))).toMatchObject({ ok: true, value: { sex: 'male' } });
    expect(read(withCheck('33880119850615102'))).toMatchObject({ ok: true, value: { sex: 'female' } });
  });

  it('keeps the code of a county that was abolished, and one that is younger than the table if the person is', () => {
    // 万县市 and 宣武区, 永川 of old Chongqing under Sichuan: abolished; 钱塘区: made in 2021.
    for (const code of [
      '512201',
      '110104',
      '510229',
      '330114',
      '610103',
      '330302',
      '810000',
      '830000',
      '338801',
    ]) {
      expect([code, isRegionCode(code, '1970-01-01')]).toEqual([code, true]);
    }
    expect(isRegionCode('339999', '2023-12-31')).toBe(false);
    expect(isRegionCode('339999', '2024-01-01')).toBe(true);
    expect(isRegionCode('999999', '2024-01-01')).toBe(false);
  });

  it.each([
    ['', '没有填写身份证号'],
    ['110105194912310021', '校验位不符'],
    [withCheck('99999919850615101'), '行政区划代码'],
    [withCheck('33880119850230101'), '不是有效的出生日期'],
    [withCheck('33880118991231101'), '不是有效的出生日期'],
    [withCheck('33880120260303101'), '晚于今天'],
    ['3388011985061510', '有16位，应为18位'],
    ['33880119850615101X41', '有20个字符'],
    ['33880119850615101A', '以外的字符'],
    ['3.38801E+17', '末尾几位已经丢失'],
    ['338801198506150000', '末尾几位已经丢失'],
    ['一二三', '以外的字符'],
  ])('%s is refused: %s', (text, reason) => {
    const problem = problemOf(text);
    expect(problem.reason).toContain(reason);
    expect(problem.suggestion).not.toBe('');
    if (text.length >= 10) expect(problem.reason + problem.suggestion).not.toContain(text);
  });

  it('of fifteen digits is explained, with the one of eighteen beside it, and not applied', () => {
    const problem = problemOf('110105491231002');
    expect(problem).toMatchObject({
      ok: false,
      reason: '这是旧版15位身份证号，已停止使用',
      suggestion: expect.stringContaining('在第6位后加“19”，末尾加校验码“X”') as string,
      candidate: '11010519491231002X',
    });
    expect(problemOf('110105491331002')).not.toHaveProperty('candidate');
  });

  const digits = (count: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: count, maxLength: count });
  const valid = fc
    .tuple(
      fc.constantFrom('338801', '330302', '610103', '512201'),
      fc.date({ min: new Date('1900-01-01'), max: new Date('2026-03-01'), noInvalidDate: true }),
      digits(3),
    )
    .map(([region, date, sequence]) =>
      withCheck(region + date.toISOString().slice(0, 10).replaceAll('-', '') + sequence),
    );

  it('with one wrong digit, or two neighbours swapped, is never accepted', () => {
    fc.assert(
      fc.property(valid, fc.nat(16), fc.integer({ min: 1, max: 9 }), (number, place, by) => {
        const digit = (Number(number[place]) + by) % 10;
        expect(read(number).ok).toBe(true);
        expect(read(number.slice(0, place) + digit + number.slice(place + 1)).ok).toBe(false);
        const swapped = number.slice(0, place) + number[place + 1] + number[place] + number.slice(place + 2);
        if (swapped !== number) expect(read(swapped).ok).toBe(false);
      }),
    );
  });

  it('never fails on any text, and no refusal quotes what was typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits(15), digits(17), digits(18), digits(20)), (text) => {
        const result = read(text);
        if (result.ok || text.trim().length < 6) return;
        expect(result.reason + result.suggestion).not.toContain(text.trim());
      }),
    );
  });
});

describe('days', () => {
  it('exist or not', () => {
    expect(isCalendarDay('2024-02-29')).toBe(true);
    expect(isCalendarDay('2025-02-29')).toBe(false);
    expect(isCalendarDay('2025-2-9')).toBe(false);
  });

  it('make an age on the birthday itself', () => {
    expect(ageOn('2008-03-02', TODAY)).toBe(18);
    expect(ageOn('2008-03-03', TODAY)).toBe(17);
  });
});
