import { checkOrganisation, readOrganisationCode } from './organisation.js';

// Made up by the rule of the standard; no organisation has them.
const CODE = '54338801MJ0000001G';

describe('the code of an organisation', () => {
  it('is read as people write it', () => {
    expect(readOrganisationCode(' 54338801mj0000001g ')).toBe(CODE);
    expect(readOrganisationCode('５４３３８８０１ＭＪ００００００１Ｇ')).toBe(CODE);
  });

  it.each(['', '54338801MJ0000001', '54338801MJ0000001G1', '54338801MI00000019', '54338801OJ00000019'])(
    'of another form is refused: %p',
    (text) => expect(() => readOrganisationCode(text)).toThrow('应为18位'),
  );

  it('with one character wrong, or two exchanged, is refused', () => {
    for (let at = 0; at < 18; at += 1) {
      const other = CODE[at] === '7' ? '6' : '7';
      expect(() => readOrganisationCode(CODE.slice(0, at) + other + CODE.slice(at + 1))).toThrow('校验位');
    }
    expect(() => readOrganisationCode('54338801JM0000001G')).toThrow('校验位');
  });
});

describe('an organisation that is neither a committee nor civil affairs', () => {
  it('shows who consented', () => {
    expect(() => checkOrganisation({ kind: 'other', officer: '某人' }, null)).toThrow('同意');
    expect(() => checkOrganisation({ kind: 'other', officer: '某人' }, '同意书（2026）1号')).not.toThrow();
    expect(() => checkOrganisation({ kind: 'villagers-committee', officer: '某人' }, null)).not.toThrow();
  });
});
