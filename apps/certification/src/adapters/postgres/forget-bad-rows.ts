import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PROCESS_CONFIG, Retention, type ProcessConfig } from '@app/platform';

/** Rejected rows of a card file hold people's data: they go when nobody needs the error workbook any more; the report stays. */
@Injectable()
export class ForgetBadRows implements OnModuleInit {
  constructor(
    private readonly retention: Retention,
    @Inject(PROCESS_CONFIG) private readonly config: ProcessConfig,
  ) {}

  onModuleInit(): void {
    this.retention.keep({
      time: `${this.config.BAD_ROWS_DAYS} days`,
      sql: `update card_imports set bad_rows = null where import_id in (
              select import_id from card_imports
              where bad_rows is not null and created_at < now() - $1::interval limit $2) returning 1`,
    });
  }
}
