import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { NotAllowed } from '@app/access';
import type { Clock } from '@app/kernel';
import type { Caller, Database, Tx } from '@app/platform';
import { mayOpenClosed } from './closed-files.js';
import type { ContentKeys } from './content-keys.js';
import type { ContentStore } from './content-store.js';
import { examine, type Examined } from './content/examine.js';
import type { FileType } from './content/file-type.js';
import { withContent, type UploadBudget } from './content/read-limited.js';
import {
  FileClosed,
  FileHeld,
  FileInfected,
  FileNotFound,
  FileOfOtherCase,
  FileUnavailable,
  ThumbnailMissing,
} from './errors.js';
import { fitName } from './file-name.js';
import type { Variant } from './object-name.js';
import { lockPersons } from './person-lock.js';
import type { Scanning } from './scan/scanning.js';
import { ObjectMissing } from './storage/object-storage.js';
import {
  FILE_COLUMNS,
  toStoredFile,
  type FilePlace,
  type FileRow,
  type NewFile,
  type ScanState,
  type StoredFile,
} from './stored-file.js';

/** A file that is being given out. */
export interface OpenedFile {
  readonly type: FileType | 'image/webp';
  readonly name: string;
  /** Bytes; null for a thumbnail. */
  readonly size: number | null;
  readonly scan: ScanState;
  /** Ends with an error, after some bytes perhaps, if the stored content was tampered with. */
  readonly stream: Readable;
}

export interface OpenOptions {
  readonly variant?: Variant;
  /** Why a closed file is read, in the user's words (`freeText`); with the permission `file:open-closed` it opens. */
  readonly purpose?: string | null;
}

/** What is to be known when a change of the service begins to stand on a file. */
export interface Link {
  readonly personId: string;
  readonly caseId?: string | null;
  /** `YYYY-MM-DD`; absent: as long as the service says by its class. */
  readonly retainUntil?: string | null;
}

interface ClaimedObject {
  readonly object_id: string;
  readonly address: string;
  readonly wrapped_key: string;
  /** Whether the content lies there already. */
  readonly there: boolean;
}

/**
 * The files of one service: in through `receive`, tied to a change by `link`, out through `open`. Which rows a caller reaches is
 * decided by row-level security; a file outside is not found.
 */
export class Files {
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    private readonly worker: Caller,
    private readonly store: ContentStore,
    private readonly keys: ContentKeys,
    private readonly scanning: Scanning,
    private readonly clock: Clock,
    private readonly limits: { readonly maxBytes: number; readonly budget: UploadBudget },
  ) {
    this.logger = new Logger(`files:${database.service}`);
  }

  /**
   * Takes an upload in: examined, encrypted, stored, scanned. It is kept only if a change is linked to it within some hours.
   * Each step is durable before the next begins: the row is claimed, the content put, the row marked as stored; so whatever is killed
   * between them leaves a row that tells the sweep what to take away.
   * @throws FileTooLarge, FileEmpty, FileKindRefused, FileInfected, TooManyUploads; NotAllowed if the caller could not see the file
   */
  async receive(caller: Caller, file: NewFile, stream: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    return withContent(stream, this.limits, async (content) => {
      const examined = await examine(content);
      const fileId = randomUUID();
      const object = await this.claim(caller, fileId, file, examined);
      if (!object.there)
        await this.store.put(object, { full: examined.content, thumbnail: examined.thumbnail });
      await this.markStored(fileId, object.object_id);
      const verdict = await this.scanning.scanNow(object.object_id);
      const stored = await this.find(caller, fileId);
      if ((verdict ?? stored.scan) === 'infected') throw new FileInfected();
      return stored;
    });
  }

  /**
   * Ties a file to the change of the transaction, so that it is kept. Doing it again changes nothing.
   * @throws FileNotFound if it is out of reach, not stored, of another person, or was swept meanwhile: it has to be uploaded again;
   * FileInfected; FileOfOtherCase: use `reuse`
   */
  async link(
    tx: Tx,
    fileId: string,
    { personId, caseId = null, retainUntil = null }: Link,
  ): Promise<StoredFile> {
    const [row] = await tx.query<FileRow>(
      `update files f set linked_at = coalesce(f.linked_at, $4), case_id = coalesce(f.case_id, $3),
         retain_until = coalesce($5, f.retain_until), changed_by = $6, changed_by_role = $7, changed_at = $4
       from file_objects o
       where f.file_id = $1 and f.person_id = $2 and f.state = 'stored' and o.object_id = f.object_id
       returning ${FILE_COLUMNS}`,
      [fileId, personId, caseId, this.clock.now(), retainUntil, tx.actor.id, tx.actor.role],
    );
    if (!row) throw new FileNotFound();
    if (caseId !== null && row.case_id !== caseId) throw new FileOfOtherCase();
    if (row.scan === 'infected') throw new FileInfected();
    tx.audit({
      what: 'file.linked',
      personIds: [personId],
      caseIds: row.case_id ? [row.case_id] : [],
      detail: { fileId },
    });
    return this.view(row);
  }

  /**
   * A paper given once serves a later case: a second file for the same content, with a place and readers of its own. Nothing is copied.
   * @throws FileNotFound if the caller cannot reach the first one, FileClosed, FileInfected
   */
  async reuse(
    tx: Tx,
    fileId: string,
    to: FilePlace & {
      readonly caseId: string;
      readonly retentionClass: string;
      readonly retainUntil?: string | null;
    },
  ): Promise<StoredFile> {
    const [first] = await tx.query<FileRow>(
      `select ${FILE_COLUMNS} from files f join file_objects o using (object_id)
       where f.file_id = $1 and f.linked_at is not null for share of f`,
      [fileId],
    );
    if (!first) throw new FileNotFound();
    if (first.closed_for.length > 0) throw new FileClosed();
    if (first.scan === 'infected') throw new FileInfected();
    const again = randomUUID();
    await tx.query(
      `insert into files (file_id, object_id, person_id, case_id, division_code, readers, unit_id, name, state, linked_at,
         retention_class, retain_until, created_by, created_by_role, changed_by, changed_by_role, created_at, changed_at)
       select $2, object_id, person_id, $3, $4, $5, $6, name, 'stored', $7, $8, $9, $10, $11, $10, $11, $7, $7
       from files where file_id = $1`,
      [
        fileId,
        again,
        to.caseId,
        to.divisionCode,
        JSON.stringify(to.readers),
        to.unitId ?? null,
        this.clock.now(),
        to.retentionClass,
        to.retainUntil ?? null,
        tx.actor.id,
        tx.actor.role,
      ],
    );
    tx.audit({
      what: 'file.reused',
      personIds: [first.person_id],
      caseIds: [to.caseId],
      detail: { fileId: again, from: fileId },
    });
    const [row] = await tx.query<FileRow>(
      `select ${FILE_COLUMNS} from files f join file_objects o using (object_id) where f.file_id = $1`,
      [again],
    );
    if (!row) throw new FileNotFound();
    return this.view(row);
  }

  /** The case or the person of these files is seen from another place, by other roles or by another unit from now on. */
  async place(
    tx: Tx,
    fileIds: readonly string[],
    { divisionCode, readers, unitId = null }: FilePlace,
  ): Promise<void> {
    // Who gives a case away no longer sees it afterwards; the caller has asked whether the user may.
    await tx.asService(() =>
      tx.query(
        `update files set division_code = $2, readers = $3, unit_id = $4, changed_by = $5, changed_by_role = $6, changed_at = $7
         where file_id = any($1::uuid[])`,
        [
          fileIds,
          divisionCode,
          JSON.stringify(readers),
          unitId,
          tx.actor.id,
          tx.actor.role,
          this.clock.now(),
        ],
      ),
    );
    tx.audit({ what: 'file.placed', detail: { fileIds } });
  }

  /**
   * The service no longer keeps these files, e.g. because their time is over. Contents that no other file points to are removed some
   * hours later. Only files that the caller reaches are released. @returns how many
   */
  async release(tx: Tx, fileIds: readonly string[], why: string): Promise<number> {
    const reached = await tx.query<{ file_id: string; person_id: string }>(
      'select file_id, person_id from files where file_id = any($1::uuid[])',
      [fileIds],
    );
    const ids = reached.map(({ file_id }) => file_id);
    // No user may delete a row: that these are in reach was asked in the statement before.
    const gone = await tx.asService(() =>
      tx.query<{ object_id: string }>(
        `with gone as (delete from files where file_id = any($1::uuid[]) returning object_id)
         update file_objects o set look_at = coalesce(o.look_at, $2) from (select distinct object_id from gone) g
         where o.object_id = g.object_id returning o.object_id`,
        [ids, this.clock.now()],
      ),
    );
    if (gone.length > 0) {
      tx.audit({
        what: 'file.released',
        personIds: reached.map(({ person_id }) => person_id),
        why,
        detail: { fileIds: ids },
      });
    }
    return ids.length;
  }

  /** @throws FileNotFound */
  async find(caller: Caller, fileId: string): Promise<StoredFile> {
    return this.view(await this.row(caller, fileId));
  }

  /** Linked files of a case, oldest first. */
  async ofCase(caller: Caller, caseId: string): Promise<StoredFile[]> {
    return this.list(caller, 'f.case_id = $1', caseId);
  }

  /** Linked files of a person that the caller reaches, oldest first: what can be offered for a later case. */
  async ofPerson(caller: Caller, personId: string): Promise<StoredFile[]> {
    return this.list(caller, 'f.person_id = $1', personId);
  }

  /** Files whose day to be kept until is over: the service decides, and releases them. */
  async pastRetention(caller: Caller, today: string, limit: number): Promise<StoredFile[]> {
    const rows = await this.database.query<FileRow>(
      caller,
      `select ${FILE_COLUMNS} from files f join file_objects o using (object_id)
       where f.retain_until < $1 and f.linked_at is not null order by f.retain_until, f.file_id limit $2`,
      [today, limit],
    );
    return rows.map((row) => this.view(row));
  }

  /**
   * Opens a file to give it out. The full content is a read of personal data in clear and is written down; a thumbnail, on which no
   * number can be read, is not.
   * @throws FileNotFound also outside of the caller's reach; FileHeld, FileInfected, FileClosed, ThumbnailMissing, FileUnavailable
   */
  async open(caller: Caller, fileId: string, options: OpenOptions = {}): Promise<OpenedFile> {
    const { variant = 'full', purpose = null } = options;
    const row = await this.row(caller, fileId);
    const closed = row.closed_for.length > 0;
    if (closed && (!purpose || !mayOpenClosed(caller, row.division_code))) throw new FileClosed();
    if (row.scan === 'held') throw new FileHeld();
    if (row.scan === 'infected') throw new FileInfected();
    if (variant === 'thumbnail' && !row.has_thumbnail) throw new ThumbnailMissing();
    if (variant === 'full' || closed) await this.writeDown(caller, row, variant, purpose);
    const name = this.keys.openName(row.name);
    try {
      return {
        type: variant === 'full' ? row.type : 'image/webp',
        name: variant === 'full' ? name : name.replace(/\.[a-z]+$/, '.webp'),
        size: variant === 'full' ? row.bytes : null,
        scan: row.scan,
        stream: await this.store.open(row, variant),
      };
    } catch (error) {
      if (!(error instanceof ObjectMissing)) throw error;
      this.logger.error(`file ${fileId}: ${error.message}`);
      throw new FileUnavailable();
    }
  }

  private async writeDown(
    caller: Caller,
    row: FileRow,
    variant: Variant,
    purpose: string | null,
  ): Promise<void> {
    await this.database.transaction(caller, async (tx) => {
      tx.audit({
        what: row.closed_for.length > 0 ? 'file.opened-closed' : 'file.opened',
        personIds: [row.person_id],
        caseIds: row.case_id ? [row.case_id] : [],
        why: purpose,
        detail: { fileId: row.file_id, variant },
      });
    });
  }

  /** The row of the file and the row of its content, in a transaction of their own, before anything is stored. */
  private async claim(
    caller: Caller,
    fileId: string,
    file: NewFile,
    examined: Examined,
  ): Promise<ClaimedObject> {
    const now = this.clock.now();
    return this.database.transaction(caller, async (tx) => {
      // Contents and closures are no user's rows; the file's row, which is, follows.
      const [object, closedFor] = await tx.asService(async () => {
        await lockPersons(tx, this.store.schema, [file.personId], 'shared');
        return Promise.all([this.claimObject(tx, examined, now), this.closuresOf(tx, file.personId)]);
      });
      const inserted = tx.query(
        `insert into files (file_id, object_id, person_id, case_id, division_code, readers, unit_id, name, state, retention_class,
           closed_for, created_by, created_by_role, changed_by, changed_by_role, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'uploading', $9, $10, $11, $12, $11, $12, $13, $13)`,
        [
          fileId,
          object.object_id,
          file.personId,
          file.caseId ?? null,
          file.divisionCode,
          JSON.stringify(file.readers),
          file.unitId ?? null,
          this.keys.sealName(fitName(file.name, examined.type)),
          file.retentionClass,
          closedFor,
          tx.actor.id,
          tx.actor.role,
          now,
        ],
      );
      await inserted.catch((error: unknown) => {
        throw isOutOfReach(error) ? new NotAllowed(file.readers) : error;
      });
      tx.audit({
        what: 'file.received',
        personIds: [file.personId],
        caseIds: file.caseId ? [file.caseId] : [],
        detail: { fileId, type: examined.type, bytes: examined.content.length },
      });
      return object;
    });
  }

  /** The same content again gets the row that it has; that row's `look_at` begins anew, so that no sweep takes it from under us. */
  private async claimObject(tx: Tx, examined: Examined, now: Date): Promise<ClaimedObject> {
    const [claimed] = await tx.query<ClaimedObject>(
      `insert into file_objects as o (object_id, address, wrapped_key, type, bytes, has_thumbnail, state, scan, scan_at, look_at, created_at)
       values ($1, $2, $3, $4, $5, $6, 'uploading', $7, $8, $9, $9)
       on conflict (address) where state <> 'removing' do update set look_at = excluded.look_at
       returning object_id, address, wrapped_key, state = 'stored' and missing_since is null as there`,
      [
        randomUUID(),
        this.keys.addressOf(examined.content),
        this.keys.newWrapped(),
        examined.type,
        examined.content.length,
        examined.thumbnail !== null,
        this.scanning.atFirst,
        this.scanning.atFirst === 'held' ? now : null,
        now,
      ],
    );
    return claimed!;
  }

  private async closuresOf(tx: Tx, personId: string): Promise<string[]> {
    const rows = await tx.query<{ reason: string }>(
      'select reason from file_closures where person_id = $1 order by reason',
      [personId],
    );
    return rows.map(({ reason }) => reason);
  }

  private async markStored(fileId: string, objectId: string): Promise<void> {
    await this.database.transaction(this.worker, async (tx) => {
      const [objects, files] = await Promise.all([
        tx.query(
          `update file_objects set state = 'stored', missing_since = null
           where object_id = $1 and state <> 'removing' returning 1`,
          [objectId],
        ),
        tx.query(`update files set state = 'stored' where file_id = $1 returning 1`, [fileId]),
      ]);
      // So slow that the sweep took it for abandoned.
      if (objects.length === 0 || files.length === 0) throw new FileNotFound();
    });
  }

  private async row(caller: Caller, fileId: string): Promise<FileRow> {
    const [row] = await this.database.query<FileRow>(
      caller,
      `select ${FILE_COLUMNS} from files f join file_objects o using (object_id) where f.file_id = $1 and f.state = 'stored'`,
      [fileId],
    );
    if (!row) throw new FileNotFound();
    return row;
  }

  private async list(caller: Caller, where: string, id: string): Promise<StoredFile[]> {
    const rows = await this.database.query<FileRow>(
      caller,
      `select ${FILE_COLUMNS} from files f join file_objects o using (object_id)
       where ${where} and f.linked_at is not null order by f.created_at, f.file_id`,
      [id],
    );
    return rows.map((row) => this.view(row));
  }

  private view(row: FileRow): StoredFile {
    return toStoredFile(row, (sealed) => this.keys.openName(sealed));
  }
}

/** PostgreSQL's `insufficient_privilege`: row-level security refused the row. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: string }).code === '42501';
}
