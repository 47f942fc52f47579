import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PROCESS_CONFIG, Retention, type ProcessConfig } from '@app/platform';

/**
 * Rejected rows of a roster hold people's data, and so do rows of a death list: they go when nobody needs the error workbook any more, or
 * after it was decided who the row means; reasons and counts stay.
 */
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
    this.retention.keep({
      time: `${this.config.BAD_ROWS_DAYS} days`,
      sql: `update death_matches set said = null where match_id in (
              select match_id from death_matches
              where said is not null and decided_at < now() - $1::interval limit $2) returning 1`,
    });
  }
}
