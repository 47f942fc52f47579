/** Scans, photos and notices of persons and cases: examined, encrypted, scanned, seen within the reach of their case or person. */
export { Files, type Link, type OpenedFile, type OpenOptions } from './files.js';
export { ClosedFiles } from './closed-files.js';
export { FileSweeper, type Cleared, type Compared } from './file-sweeper.js';
export { FilesModule } from './files.module.js';
export { filesEncryptedTables, filesMigrations } from './files-migrations.js';
export { FILE_NAME_HEADER, sendFile, uploadedName } from './send-file.js';
export type { ClosingReason, FilePlace, NewFile, ScanState, StoredFile } from './stored-file.js';
export type { Variant } from './object-name.js';
export { fileTypes, type FileType } from './content/file-type.js';
export * from './errors.js';
export type { CaseStanding } from './retention/case-standing.js';
export { FilesRetention, type Proof, type Proposal } from './retention/files-retention.js';
export { ArchivedFiles, type Bundle } from './retention/archived-files.js';
export {
  isProtected,
  recordIdOf,
  RetainedRecords,
  type RecordContent,
} from './retention/retained-records.js';
export { RetentionJob } from './retention/retention-job.js';
export type { ClassReport } from './retention/due-files.js';
export * from './retention/retention-errors.js';
