import { pinyin } from 'pinyin-pro';

/** Families whose name has two characters, so that what follows is known as the given name. Source: 百家姓. */
const COMPOUND_SURNAMES = new Set(
  (
    '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 夏侯 轩辕 呼延 端木 万俟 闻人 钟离 ' +
    '淳于 单于 太史 申屠 公冶 澹台 赫连 濮阳 独孤 南宫 西门 拓跋 鲜于 司空 百里 东郭 第五 左丘 梁丘 巫马'
  ).split(' '),
);

/** A name as it is compared: `阿卜杜拉·买买提` and `阿卜杜拉买买提` are one, and so are `LÜ BU` and `lvbu`. */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ü', 'v')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** The longest words that begin the list of parts, joined: 陈, 陈小, 陈小明. */
function beginnings(parts: readonly string[]): string[] {
  return parts.map((_, at) => parts.slice(0, at + 1).join(''));
}

/**
 * The words by which somebody is found: the name and how it is read, each from its beginning character by character (so the
 * family's name alone, too), the given name alone, and the initials. Readings are those of family names where they differ: 单 is
 * `shan`, 曾 is `zeng`, 解 is `xie`.
 */
export function searchWordsOf(name: string): string[] {
  const plain = normalise(name);
  const characters = [...plain];
  if (!/\p{Script=Han}/u.test(plain)) {
    const words = name.split(/[\s·•.]+/u).map(normalise);
    return [...new Set([...words, ...beginnings(words)])].filter((word) => word !== '');
  }
  const readings = pinyin(plain, {
    surname: 'head',
    toneType: 'none',
    type: 'array',
    v: true,
    nonZh: 'spaced',
  }).map(normalise);
  const family = COMPOUND_SURNAMES.has(characters.slice(0, 2).join('')) ? 2 : 1;
  const initials = readings.map((reading) => [...reading][0] ?? '');
  return [
    ...new Set([
      ...beginnings(characters),
      ...beginnings(readings),
      characters.slice(family).join(''),
      readings.slice(family).join(''),
      // One letter alone would find a tenth of the town.
      ...beginnings(initials).slice(1),
    ]),
  ].filter((word) => word !== '');
}

/** How a name is read, as one word: two that sound alike have the same. */
export function readingOf(name: string): string {
  const plain = normalise(name);
  if (!/\p{Script=Han}/u.test(plain)) return plain;
  return pinyin(plain, { surname: 'head', toneType: 'none', type: 'array', v: true, nonZh: 'spaced' })
    .map(normalise)
    .join(' ');
}

/** What somebody typed, as one of these words; null if it is none that a name has. */
export function searchWordIn(text: string): string | null {
  const word = normalise(text);
  return /^(\p{Script=Han}+|\p{Script=Latin}+)$/u.test(word) ? word : null;
}
