const SHAPE = /^LS\d{4}-?\d{6,}$/;

/**
 * The reference (临时登记编号) by which registry files somebody who has no identity number yet. It is not shaped like one, and too short to
 * be taken for a number of a person where free text is checked.
 */
export function temporaryReference(year: string, sequence: number): string {
  return `LS${year}-${String(sequence).padStart(6, '0')}`;
}

/** Whether a text, as it was typed, is such a reference. */
export function isTemporaryReference(text: string): boolean {
  return SHAPE.test(text.normalize('NFKC').replace(/\s/g, '').toUpperCase());
}

/** A reference as it is stored, from a text for which `isTemporaryReference` is true. */
export function normaliseReference(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .toUpperCase()
    .replace(/^(LS\d{4})-?/, '$1-');
}
