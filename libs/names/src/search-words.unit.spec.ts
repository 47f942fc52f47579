import { searchWordIn, searchWordsOf } from './search-words.js';

it('finds somebody by name, family name, given name, reading, and initials', () => {
  expect(searchWordsOf('陈小明')).toEqual([
    '陈',
    '陈小',
    '陈小明',
    'chen',
    'chenxiao',
    'chenxiaoming',
    '小明',
    'xiaoming',
    'cx',
    'cxm',
  ]);
});

it.each([
  ['单小明', 'shanxiaoming'],
  ['曾小明', 'zengxiaoming'],
  ['解小明', 'xiexiaoming'],
  ['仇和', 'qiuhe'],
  ['朴树', 'piaoshu'],
  ['查良', 'zhaliang'],
  ['区小明', 'ouxiaoming'],
  ['吕布', 'lvbu'],
  ['尉迟恭', 'yuchigong'],
  ['阿卜杜拉·买买提', 'abudulamaimaiti'],
])('reads the family name of %s as a family name', (name, reading) => {
  expect(searchWordsOf(name)).toContain(reading);
});

it('knows the given name after a family name of two characters', () => {
  expect(searchWordsOf('欧阳小明')).toEqual(expect.arrayContaining(['欧阳', '小明', 'xiaoming', 'oyxm']));
});

it('takes a name in Latin letters as it is', () => {
  expect(searchWordsOf('John Smith')).toEqual(['john', 'smith', 'johnsmith']);
});

it('reads what is typed with spaces, capitals, dots and full width, and nothing that is no name', () => {
  expect(['陈 小明', 'Chen Xiaoming', 'ＣＸＭ', 'LÜ bu', '阿卜杜拉•买买提'].map(searchWordIn)).toEqual([
    '陈小明',
    'chenxiaoming',
    'cxm',
    'lvbu',
    '阿卜杜拉买买提',
  ]);
  expect(['', '陈xm', '338801198506151234', '%', '  '].map(searchWordIn)).toEqual(Array(5).fill(null));
});
