import type { FileType } from './content/file-type.js';

/** Why files of a person stay closed by rule. */
export type ClosingReason = 'died' | 'moved-away' | 'protected';

/**
 * What the virus scan says: `held` not yet, so it does not open; `clean`; `infected` never opens; `unscanned` there was no scanner,
 * by configuration, and whoever shows the file should say so.
 */
export type ScanState = 'held' | 'clean' | 'infected' | 'unscanned';

/** Who may see a file: the rule of `protect` for the table `files`. */
export interface FilePlace {
  /** 12 digits: who acts for this place sees it, */
  readonly divisionCode: string;
  /** in one of these roles (`tokenOf`: `benefit-officer`, `member-unit:civil-affairs`). */
  readonly readers: readonly string[];
  /** Organisation unit (institution, school) that it is placed with. */
  readonly unitId?: string | null;
}

/** What a file is received for. */
export interface NewFile extends FilePlace {
  readonly personId: string;
  readonly caseId?: string | null;
  /** For how long it is kept, as a kebab-case class of the service's own rules: `case-material`, `card-archive`. */
  readonly retentionClass: string;
  /** As the user's device calls it; it is made fit, and kept encrypted. */
  readonly name: string;
}

/** A file, without its content. */
export interface StoredFile {
  readonly fileId: string;
  readonly personId: string;
  readonly caseId: string | null;
  readonly divisionCode: string;
  /** Null while the file is closed. */
  readonly name: string | null;
  readonly type: FileType;
  /** Bytes of what is kept: an image was written anew. */
  readonly size: number;
  readonly hasThumbnail: boolean;
  readonly scan: ScanState;
  readonly closedFor: readonly ClosingReason[];
  readonly linked: boolean;
  readonly retentionClass: string;
  /** `YYYY-MM-DD` */
  readonly retainUntil: string | null;
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

/** A row of `files` beside its row of `file_objects`. */
export interface FileRow {
  readonly file_id: string;
  readonly object_id: string;
  readonly address: string;
  readonly wrapped_key: string;
  readonly person_id: string;
  readonly case_id: string | null;
  readonly division_code: string;
  readonly name: string;
  readonly type: FileType;
  readonly bytes: number;
  readonly has_thumbnail: boolean;
  readonly scan: ScanState;
  readonly closed_for: ClosingReason[];
  readonly linked_at: Date | null;
  readonly retention_class: string;
  readonly retain_until: string | null;
  readonly created_at: Date;
  readonly created_by: string;
}

/** Columns of a FileRow, `from files f join file_objects o using (object_id)`. */
export const FILE_COLUMNS = `f.file_id, f.object_id, o.address, o.wrapped_key, f.person_id, f.case_id, f.division_code, f.name, o.type,
  o.bytes, o.has_thumbnail, o.scan, f.closed_for, f.linked_at, f.retention_class, f.retain_until, f.created_at, f.created_by`;

export function toStoredFile(row: FileRow, openName: (sealed: string) => string): StoredFile {
  return {
    fileId: row.file_id,
    personId: row.person_id,
    caseId: row.case_id,
    divisionCode: row.division_code,
    name: row.closed_for.length > 0 ? null : openName(row.name),
    type: row.type,
    size: row.bytes,
    hasThumbnail: row.has_thumbnail,
    scan: row.scan,
    closedFor: row.closed_for,
    linked: row.linked_at !== null,
    retentionClass: row.retention_class,
    retainUntil: row.retain_until,
    receivedAt: row.created_at,
    receivedBy: row.created_by,
  };
}
