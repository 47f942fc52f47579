import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import { isProtected, recordIdOf, RetainedRecords, type RecordContent } from '@app/files';
import { Clock } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import { fileLines, type FileLine } from '../adapters/postgres/pay-run-files.js';
import { bankFileFormat } from '../domain/bank-file/index.js';
import { bankFileOf } from './bank-file-of-run.js';
import { sha256Of } from './export-pay-run.js';

const FILE_OF_RUN = recordIdOf(`'bank-file:' || r.run_no`);
const CLOSED_ON = `case when r.state = 'closed' then (r.changed_at at time zone 'Asia/Shanghai')::date end`;

/**
 * The bank files of closed runs. No file lies about: it is written from the lines of its run and the accounts that they were paid into.
 * When its time is over the lines forget these accounts; what was paid to whom for which month stays in the books.
 */
@Injectable()
export class RetainedBankFiles extends RetainedRecords {
  readonly class = 'bank-file';
  readonly sql = `select ${FILE_OF_RUN} as record_id, ${CLOSED_ON} as ended_on,
      case when r.state <> 'closed' then 'open'
        when exists (select from pay_run_lines l where l.run_no = r.run_no and ${isProtected('l.person_id')}) then 'protected' end as held,
      0 as bytes
    from pay_runs r where r.file_sha256 is not null and r.file_destroyed_on is null`;

  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {
    super();
  }

  async remove(tx: Tx, fileIds: readonly string[]): Promise<void> {
    await tx.query(
      `with gone as (
         update pay_runs r set file_destroyed_on = $2 where ${FILE_OF_RUN} = any($1::uuid[]) returning r.run_no)
       update pay_run_lines l set account_id = null from gone where l.run_no = gone.run_no`,
      [fileIds, this.clock.today()],
    );
  }

  /** Each as it was handed over; one that cannot be written again as it was stays. */
  async contents(worker: Caller, fileIds: readonly string[]): Promise<readonly RecordContent[]> {
    const runs = await this.database.query<{
      file_id: string;
      run_no: number;
      county: string;
      month: string;
      serial: number;
      format: unknown;
      file_sha256: string;
    }>(
      worker,
      `select ${FILE_OF_RUN} as file_id, r.run_no::float8 as run_no, r.county, r.month, r.serial, r.format, r.file_sha256
       from pay_runs r where ${FILE_OF_RUN} = any($1::uuid[]) order by r.run_no`,
      [fileIds],
    );
    const contents: RecordContent[] = [];
    for (const run of runs) {
      const lines = await this.database.query<FileLine>(worker, fileLines, [run.run_no]);
      const { bytes } = bankFileOf(run, lines, bankFileFormat.parse(run.format), this.cipher);
      if (sha256Of(bytes) !== run.file_sha256) continue;
      contents.push({
        recordId: run.file_id,
        personId: null,
        caseId: null,
        name: `${run.county}-${run.month}-${run.serial}-${run.run_no}.txt`,
        type: 'text/plain',
        content: Buffer.from(bytes),
      });
    }
    return contents;
  }
}

const RETURN_OF_RUN = recordIdOf(`'bank-return-file:' || b.run_no || ':' || b.sha256`);

/** That return files (回盘文件) of closed runs were taken: by whom, their hash and counts. What they said stands in the lines, and in the books. */
@Injectable()
export class RetainedReturnFiles extends RetainedRecords {
  readonly class = 'bank-return-file';
  readonly sql = `select ${RETURN_OF_RUN} as record_id, ${CLOSED_ON} as ended_on,
      case when r.state <> 'closed' then 'open' end as held, 0 as bytes
    from pay_run_returns b join pay_runs r using (run_no)`;

  constructor(private readonly database: Database) {
    super();
  }

  async remove(tx: Tx, fileIds: readonly string[]): Promise<void> {
    await tx.query(`delete from pay_run_returns b where ${RETURN_OF_RUN} = any($1::uuid[])`, [fileIds]);
  }

  async contents(worker: Caller, fileIds: readonly string[]): Promise<readonly RecordContent[]> {
    const rows = await this.database.query<{ file_id: string; run_no: number; content: string }>(
      worker,
      `select ${RETURN_OF_RUN} as file_id, b.run_no::float8 as run_no,
         jsonb_pretty(jsonb_build_object('runNo', b.run_no, 'sha256', b.sha256, 'lines', b.lines, 'problems', b.problems,
           'takenBy', b.taken_by, 'takenByRole', b.taken_by_role, 'takenAt', b.taken_at)) as content
       from pay_run_returns b where ${RETURN_OF_RUN} = any($1::uuid[])`,
      [fileIds],
    );
    return rows.map((row) => ({
      recordId: row.file_id,
      personId: null,
      caseId: null,
      name: `return-${row.run_no}.json`,
      type: 'application/json',
      content: Buffer.from(row.content),
    }));
  }
}
