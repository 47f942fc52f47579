import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type Type,
} from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, PROCESS_CONFIG, schemaOf, type Caller, type ProcessConfig } from '@app/platform';
import { SERVICE_ACTOR, ServiceModule } from '@app/service-host';
import { ClosedFiles } from './closed-files.js';
import { ContentKeys } from './content-keys.js';
import { ContentStore } from './content-store.js';
import { UploadBudget } from './content/read-limited.js';
import { FileSweeper } from './file-sweeper.js';
import { Files } from './files.js';
import { maxBytesOf, scannerOf, storageOf } from './files-options.js';
import { noCases, type CaseStanding } from './retention/case-standing.js';
import { FilesRetention } from './retention/files-retention.js';
import { RetentionJob } from './retention/retention-job.js';
import type { RetainedRecords } from './retention/retained-records.js';
import { retentionProviders } from './retention/retention-providers.js';
import { retentionController } from './retention/retention.controller.js';
import { Scanning } from './scan/scanning.js';
import { VirusScanner } from './scan/virus-scanner.js';
import { ObjectStorage } from './storage/object-storage.js';

/** So many uploads of the largest size may arrive at one time. */
const LARGEST_AT_ONCE = 8;

/** One storage and one scanner per process, whichever services run in it. */
@Module({
  providers: [
    { provide: ObjectStorage, inject: [PROCESS_CONFIG], useFactory: storageOf },
    { provide: VirusScanner, inject: [PROCESS_CONFIG], useFactory: scannerOf },
    {
      provide: UploadBudget,
      inject: [PROCESS_CONFIG],
      useFactory: (config: ProcessConfig) => new UploadBudget(LARGEST_AT_ONCE * maxBytesOf(config)),
    },
  ],
  exports: [ObjectStorage, VirusScanner, UploadBudget],
})
class FilesProcessModule {}

class RunsSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly sweeper: FileSweeper,
    private readonly retention: RetentionJob,
    private readonly storage: ObjectStorage,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeper.start();
    this.retention.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.retention.stop();
    await this.sweeper.stop();
    await this.storage.close();
  }
}

/** The files of one service. Its migrations are `filesMigrations`. */
@Module({})
export class FilesModule {
  /**
   * @param standing what the service says of its cases; without cases, nothing is ever due
   * @param records what else of the service has a period; they get their dependencies from `ServiceModule`
   */
  static forService(
    service: string,
    standing: CaseStanding = noCases,
    records: readonly Type<RetainedRecords>[] = [],
  ): DynamicModule {
    const schema = schemaOf(service);
    return {
      module: FilesModule,
      imports: [ServiceModule.forService(service), FilesProcessModule],
      controllers: [retentionController(service)],
      providers: [
        {
          provide: ContentKeys,
          inject: [ColumnCipher],
          useFactory: (cipher: ColumnCipher) => new ContentKeys(cipher, schema),
        },
        {
          provide: ContentStore,
          inject: [ObjectStorage, ContentKeys],
          useFactory: (storage: ObjectStorage, keys: ContentKeys) => new ContentStore(storage, keys, schema),
        },
        {
          provide: Scanning,
          inject: [Database, SERVICE_ACTOR, ContentStore, VirusScanner, Clock],
          useFactory: (
            database: Database,
            actor: Caller,
            store: ContentStore,
            scanner: VirusScanner,
            clock: Clock,
          ) => new Scanning(database, actor, store, scanner, clock),
        },
        {
          provide: Files,
          inject: [
            Database,
            SERVICE_ACTOR,
            ContentStore,
            ContentKeys,
            Scanning,
            Clock,
            UploadBudget,
            PROCESS_CONFIG,
          ],
          useFactory: (
            database: Database,
            actor: Caller,
            store: ContentStore,
            keys: ContentKeys,
            scanning: Scanning,
            clock: Clock,
            budget: UploadBudget,
            config: ProcessConfig,
          ) =>
            new Files(database, actor, store, keys, scanning, clock, {
              maxBytes: maxBytesOf(config),
              budget,
            }),
        },
        {
          provide: ClosedFiles,
          inject: [Clock],
          useFactory: (clock: Clock) => new ClosedFiles(schema, clock),
        },
        {
          provide: FileSweeper,
          inject: [Database, SERVICE_ACTOR, ContentStore, Scanning, Clock],
          useFactory: (
            database: Database,
            actor: Caller,
            store: ContentStore,
            scanning: Scanning,
            clock: Clock,
          ) => new FileSweeper(database, actor, store, scanning, clock),
        },
        ...retentionProviders(standing, records),
        {
          provide: RunsSweeper,
          inject: [FileSweeper, RetentionJob, ObjectStorage],
          useFactory: (sweeper: FileSweeper, retention: RetentionJob, storage: ObjectStorage) =>
            new RunsSweeper(sweeper, retention, storage),
        },
      ],
      exports: [Files, ClosedFiles, FileSweeper, FilesRetention, RetentionJob],
    };
  }
}
