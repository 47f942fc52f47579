import { setImmediate } from 'node:timers/promises';
import { SaxesParser } from 'saxes';
import { FileNotReadable } from '../errors.js';

/** What a reader of XML wants to hear; names come without their prefix. */
export interface XmlReader {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

// About two milliseconds of parsing; then others get their turn: this process also keeps a broker session alive.
const CHUNK = 64 * 1024;

/** Reads XML in pieces. Entities other than the five of XML are refused by the parser, so nothing can expand. */
export async function readXml(xml: string, reader: XmlReader): Promise<void> {
  const parser = new SaxesParser();
  parser.on('error', () => {
    throw new FileNotReadable('表格文件的内容已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新上传。');
  });
  parser.on('opentag', ({ name, attributes }) => reader.open?.(local(name), attributes));
  if (reader.text) parser.on('text', (text) => reader.text!(text));
  parser.on('closetag', ({ name }) => reader.close?.(local(name)));
  for (let at = 0; at < xml.length; at += CHUNK) {
    parser.write(xml.slice(at, at + CHUNK));
    await setImmediate();
  }
  parser.close();
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
