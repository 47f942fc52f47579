import { holdsNumber } from '@app/platform';
import { extensionOf, type FileType } from './content/file-type.js';

const LONGEST = 120;
/** Control characters, what turns the direction of writing (`exe.gpj` shown as `jpg.exe`), and what no file system takes. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\ufffd<>:"|?*]/gu;
/** Eleven digits and more, however they are spaced. */
const NUMBERS = /\d(?:[\s_-]?\d){10,}[xX]?/g;

/**
 * The name under which a file is shown and given out: without a path, without a number of a person (people name a scan after the
 * identity number on it), and with the extension of what it really is.
 */
export function fitName(name: string, type: FileType): string {
  const last = name.normalize('NFKC').split(/[/\\]/).at(-1) ?? '';
  const stem = last
    .replace(UNFIT, '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(NUMBERS, '')
    .trim();
  const kept = [...stem]
    .slice(0, LONGEST)
    .join('')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return `${kept === '' || holdsNumber(kept) ? '文件' : kept}.${extensionOf(type)}`;
}
