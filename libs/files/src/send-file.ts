import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { OpenedFile } from './files.js';

/**
 * Answers with a file: as a download, never shown in the portal's own origin, never kept by a cache. A content that does not open to
 * its end breaks the connection, so that nobody takes half a file for the whole.
 */
export async function sendFile(response: Response, file: OpenedFile): Promise<void> {
  response.status(200).set({
    'content-type': file.type,
    'content-disposition': disposition(file.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(file.size === null ? {} : { 'content-length': String(file.size) }),
  });
  try {
    await pipeline(file.stream, response);
  } catch {
    // The client has gone, or the content broke off: either way there is nobody left to tell but by the cut connection.
    response.destroy();
  }
}

/** RFC 6266 with the name of RFC 5987; old clients get one without. */
function disposition(name: string): string {
  const extension = name.slice(name.lastIndexOf('.'));
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="file${extension}"; filename*=UTF-8''${encoded}`;
}

/** Header in which the portal says what an uploaded file is called, percent-encoded: a name in an address would stand in logs. */
export const FILE_NAME_HEADER = 'x-file-name';

/** The name of an upload whose body is the file itself; without one, or one that does not decode, it is just a file. */
export function uploadedName(request: IncomingMessage): string {
  const header = request.headers[FILE_NAME_HEADER];
  if (typeof header !== 'string') return '';
  try {
    return decodeURIComponent(header);
  } catch {
    return '';
  }
}
