import type { Provider } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database, PROCESS_CONFIG, type Caller, type ProcessConfig } from '@app/platform';
import { SERVICE_ACTOR } from '@app/service-host';
import { ContentKeys } from '../content-keys.js';
import { ContentStore } from '../content-store.js';
import { FileSweeper } from '../file-sweeper.js';
import { CarryOut } from './carry-out.js';
import type { CaseStanding } from './case-standing.js';
import { FilesRetention } from './files-retention.js';
import { RetentionArchive } from './retention-archive.js';
import { RetentionJob } from './retention-job.js';
import { retentionRulesIn } from './retention-rules.js';

/** Retention of one service's files. */
export function retentionProviders(standing: CaseStanding): Provider[] {
  return [
    {
      provide: RetentionArchive,
      inject: [ContentStore, ContentKeys],
      useFactory: (store: ContentStore, keys: ContentKeys) => new RetentionArchive(store, keys),
    },
    {
      provide: FilesRetention,
      inject: [Database, SERVICE_ACTOR, RetentionArchive, Clock, PROCESS_CONFIG],
      useFactory: (
        database: Database,
        actor: Caller,
        archive: RetentionArchive,
        clock: Clock,
        config: ProcessConfig,
      ) =>
        new FilesRetention(
          database,
          actor,
          standing,
          retentionRulesIn(config.RETENTION_FILE),
          () => archive.newKey(),
          clock,
        ),
    },
    {
      provide: CarryOut,
      inject: [Database, SERVICE_ACTOR, ContentKeys, RetentionArchive, FileSweeper, Clock],
      useFactory: (
        database: Database,
        actor: Caller,
        keys: ContentKeys,
        archive: RetentionArchive,
        sweeper: FileSweeper,
        clock: Clock,
      ) => new CarryOut(database, actor, standing, keys, archive, sweeper, clock),
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
