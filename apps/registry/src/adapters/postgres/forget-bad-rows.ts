import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PROCESS_CONFIG, Retention, type ProcessConfig } from '@app/platform';

/** Rejected rows of a roster hold people's data: they go when nobody needs the error workbook any more; reasons and counts stay. */
@Injectable()
export class ForgetBadRows implements OnModuleInit {
  constructor(
    private readonly retention: Retention,
    @Inject(PROCESS_CONFIG) private readonly config: ProcessConfig,
  ) {}

  onModuleInit(): void {
    this.retention.keep({
      time: `${this.config.BAD_ROWS_DAYS} days`,
      sql: `update import_rows set cells = null where (import_id, row_no) in (
              select r.import_id, r.row_no from import_rows r join imports i using (import_id)
              where r.cells is not null and i.changed_at < now() - $1::interval limit $2) returning 1`,
    });
  }
}
