import type { Provider, Type } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database, PROCESS_CONFIG, type Caller, type ProcessConfig } from '@app/platform';
import { SERVICE_ACTOR } from '@app/service-host';
import { ContentKeys } from '../content-keys.js';
import { ContentStore } from '../content-store.js';
import { FileSweeper } from '../file-sweeper.js';
import { ArchivedFiles } from './archived-files.js';
import { CarryOut } from './carry-out.js';
import type { CaseStanding } from './case-standing.js';
import { FilesRetention } from './files-retention.js';
import type { RetainedRecords } from './retained-records.js';
import { RetentionArchive } from './retention-archive.js';
import { RetentionJob } from './retention-job.js';
import { retentionRulesIn } from './retention-rules.js';

/** The records of a service that have a period beside its files. */
export const RETAINED_RECORDS = Symbol('retained records');

/** Retention of one service's files and records. */
export function retentionProviders(
  standing: CaseStanding,
  records: readonly Type<RetainedRecords>[],
): Provider[] {
  return [
    ...records,
    {
      provide: RETAINED_RECORDS,
      inject: [...records],
      useFactory: (...all: RetainedRecords[]) => all,
    },
    {
      provide: RetentionArchive,
      inject: [ContentStore, ContentKeys],
      useFactory: (store: ContentStore, keys: ContentKeys) => new RetentionArchive(store, keys),
    },
    {
      provide: ArchivedFiles,
      inject: [Database, SERVICE_ACTOR, RetentionArchive],
      useFactory: (database: Database, actor: Caller, archive: RetentionArchive) =>
        new ArchivedFiles(database, actor, archive),
    },
    {
      provide: FilesRetention,
      inject: [Database, SERVICE_ACTOR, RetentionArchive, Clock, PROCESS_CONFIG, RETAINED_RECORDS],
      useFactory: (
        database: Database,
        actor: Caller,
        archive: RetentionArchive,
        clock: Clock,
        config: ProcessConfig,
        kept: readonly RetainedRecords[],
      ) =>
        new FilesRetention(
          database,
          actor,
          standing,
          retentionRulesIn(config.RETENTION_FILE),
          () => archive.newKey(),
          clock,
          kept,
        ),
    },
    {
      provide: CarryOut,
      inject: [Database, SERVICE_ACTOR, ContentKeys, RetentionArchive, FileSweeper, Clock, RETAINED_RECORDS],
      useFactory: (
        database: Database,
        actor: Caller,
        keys: ContentKeys,
        archive: RetentionArchive,
        sweeper: FileSweeper,
        clock: Clock,
        kept: readonly RetainedRecords[],
      ) => new CarryOut(database, actor, standing, keys, archive, sweeper, clock, kept),
    },
    {
      provide: RetentionJob,
      inject: [Database, SERVICE_ACTOR, FilesRetention, CarryOut, Clock],
      useFactory: (
        database: Database,
        actor: Caller,
        retention: FilesRetention,
        carryOut: CarryOut,
        clock: Clock,
      ) => new RetentionJob(database, actor, retention, carryOut, clock),
    },
  ];
}
