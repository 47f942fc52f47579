/** What somebody looks for, by what they typed. */
export type Question =
  | { readonly kind: 'name' | 'identity' | 'card' | 'reference'; readonly text: string }
  | { readonly kind: 'case'; readonly caseId: string; readonly documentId: string | null }
  | { readonly kind: 'document'; readonly owner: string; readonly text: string };

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const CASE = new RegExp(`^${ID}$`);
/** An address of ours, as somebody copies it out of the browser. */
const ADDRESS = new RegExp(`/cases/[a-z-]+/(${ID})(?:/documents/(${ID}))?`);
const IDENTITY = /^(\d{15}|\d{17}[\dX])$/;
/** 残疾人证号: the identity number, category, grade, and `B{n}` for a replacement. */
const CARD = /^\d{17}[\dX][1-7][1-4](B\d*)?$/;
const REFERENCE = /^LS\d{4}-?\d{6,}$/;
const DOCUMENT = /^([A-Z]{2})-?(\d{4})-?(\d{1,9})$/;
/** Whose documents have numbers that begin so. */
const REGISTERS: Readonly<Record<string, string>> = {
  ZJ: 'certification',
  BT: 'subsidies',
  KF: 'rehabilitation',
  JY: 'employment',
  FY: 'legal-aid',
  WZ: 'accessibility',
  SQ: 'community',
};
const LONGEST_NAME = 50;

/** @returns null for what can be neither a name nor a whole number */
export function questionOf(typed: string): Question | null {
  const text = typed.normalize('NFKC').trim();
  const lower = text.toLowerCase();
  const [, caseId, documentId] = ADDRESS.exec(lower) ?? (CASE.test(lower) ? [null, lower] : []);
  if (caseId) return { kind: 'case', caseId, documentId: documentId ?? null };
  const number = text.replace(/\s/g, '').toUpperCase();
  if (IDENTITY.test(number)) return { kind: 'identity', text: number };
  if (CARD.test(number)) return { kind: 'card', text: number };
  if (REFERENCE.test(number)) return { kind: 'reference', text: number };
  const [, code = '', year, place] = DOCUMENT.exec(number.replace(/[—–_]/g, '-')) ?? [];
  const owner = REGISTERS[code];
  if (owner) return { kind: 'document', owner, text: `${code}-${year}-${place}` };
  return text === '' || text.length > LONGEST_NAME || /[\d*]/.test(text) ? null : { kind: 'name', text };
}

/** The identity number in a card number. */
export const identityPartOf = (cardNumber: string): string => cardNumber.slice(0, 18);
