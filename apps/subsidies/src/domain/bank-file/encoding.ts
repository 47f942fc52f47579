/**
 * GB18030 is what banks and Chinese spreadsheets of old speak. The platform only decodes it, so the writer looks its own
 * decoder's characters up backwards: what is written is by construction what is read. No package is needed for it.
 */
export type Encoding = 'gb18030' | 'utf-8';

let codes: ReadonlyMap<number, number> | undefined;

/** Code point → the bytes as one number. Two-byte codes win over four-byte codes. Built once, when first needed. */
function gb18030Codes(): ReadonlyMap<number, number> {
  if (codes) return codes;
  const built = new Map<number, number>();
  const decoder = new TextDecoder('gb18030', { fatal: true });
  const take = (...bytes: number[]) => {
    let text: string;
    try {
      text = decoder.decode(Uint8Array.from(bytes));
    } catch {
      return; // No character has this code.
    }
    const point = text.codePointAt(0)!;
    if ([...text].length !== 1 || built.has(point)) return;
    built.set(
      point,
      bytes.reduce((code, byte) => code * 256 + byte, 0),
    );
  };
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) take(lead, trail);
  }
  // The four-byte codes of the Basic Multilingual Plane end with 0x84 31 a4 39; those beyond it are calculated.
  for (let first = 0x81; first <= 0x84; first++) {
    for (let rest = 0; rest < 12_600; rest++) {
      take(first, 0x30 + Math.floor(rest / 1260), 0x81 + (Math.floor(rest / 10) % 126), 0x30 + (rest % 10));
    }
  }
  codes = built;
  return built;
}

const utf8 = new TextEncoder();
/** No character takes more bytes, in neither encoding. */
const MOST_BYTES = 4;

/** @returns the bytes, or null if the text has a character that the encoding has no code for (half of a pair) */
export function encode(text: string, encoding: Encoding): Uint8Array | null {
  if (/\p{Surrogate}/u.test(text)) return null;
  if (encoding === 'utf-8') return utf8.encode(text);
  const bytes = new Uint8Array(text.length * MOST_BYTES);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index)!;
    if (point < 0x80) {
      bytes[at++] = point;
    } else if (point >= 0x10000) {
      index += 1;
      const place = point - 0x10000 + 189_000;
      bytes[at++] = 0x81 + Math.floor(place / 12_600);
      bytes[at++] = 0x30 + (Math.floor(place / 1260) % 10);
      bytes[at++] = 0x81 + (Math.floor(place / 10) % 126);
      bytes[at++] = 0x30 + (place % 10);
    } else {
      const code = gb18030Codes().get(point);
      if (code === undefined) return null;
      if (code > 0xffff) {
        bytes[at++] = code >>> 24;
        bytes[at++] = (code >>> 16) & 0xff;
      }
      bytes[at++] = (code >>> 8) & 0xff;
      bytes[at++] = code & 0xff;
    }
  }
  return bytes.slice(0, at);
}

/** @returns how many bytes the text takes; null as `encode` */
export function byteLength(text: string, encoding: Encoding): number | null {
  // Nearly everything but names and remarks: every account, amount and reference.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return encode(text, encoding)?.length ?? null;
}

/** @returns the text, or null if the bytes are not in this encoding, or end in the middle of a character */
export function decode(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
