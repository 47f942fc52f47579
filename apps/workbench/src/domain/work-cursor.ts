import type { WorkSort } from './work-view.js';

/** Where a page of the queue ended: what it is sorted by, and the case. */
export interface WorkCursor {
  readonly sort: WorkSort;
  /** As PostgreSQL writes the instant; `infinity`: no term runs. */
  readonly key: string;
  readonly caseId: string;
}

const PARTS =
  /^(due|opened) (infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d)?) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** As it is given to a client, who need not know what is in it. */
export function cursorText({ sort, key, caseId }: WorkCursor): string {
  return Buffer.from(`${sort} ${key} ${caseId}`).toString('base64url');
}

/** Null for what was not made by `cursorText`. */
export function readCursor(text: string): WorkCursor | null {
  const found = PARTS.exec(Buffer.from(text, 'base64url').toString());
  return found ? { sort: found[1] as WorkSort, key: found[2]!, caseId: found[3]! } : null;
}

/** Where a page of visits ended. */
export interface VisitCursor {
  readonly divisionCode: string;
  readonly personId: string;
}

const VISIT_PARTS = /^(\d{12}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** As it is given to a client, who need not know what is in it. */
export function visitCursorText({ divisionCode, personId }: VisitCursor): string {
  return Buffer.from(`${divisionCode} ${personId}`).toString('base64url');
}

/** Null for what was not made by `visitCursorText`. */
export function readVisitCursor(text: string): VisitCursor | null {
  const [, divisionCode, personId] = VISIT_PARTS.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return divisionCode && personId ? { divisionCode, personId } : null;
}
