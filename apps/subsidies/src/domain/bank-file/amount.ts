export type Unit = 'fen' | 'yuan';

/** @param fen integer, not negative */
export function writeAmount(fen: number, unit: Unit): string {
  if (unit === 'fen') return String(fen);
  return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
}

/** @returns 分, or null if the text is no such amount; nothing is rounded */
export function readAmount(text: string, unit: Unit): number | null {
  if (!(unit === 'fen' ? /^\d+$/ : /^\d+\.\d\d$/).test(text)) return null;
  const fen = Number(text.replace('.', ''));
  return Number.isSafeInteger(fen) ? fen : null;
}
