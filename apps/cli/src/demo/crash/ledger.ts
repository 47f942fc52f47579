import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One command that the system acknowledged: what it promised cannot be lost. */
export interface Acknowledged {
  readonly service: string;
  readonly path: string;
  readonly idempotencyKey: string;
  readonly tries: number;
  /** Ids of the answer: `personId`, `applicationId`, `cardId`, `caseId`, and where the case then stood. */
  readonly answer: Readonly<Record<string, string | number | null>>;
}

/** The client's own record, on disk before the client goes on: the judge believes nothing else. */
export class Ledger {
  private readonly file: number;

  constructor(private readonly path: string) {
    this.file = openSync(path, 'a');
  }

  write(entry: Acknowledged): void {
    writeSync(this.file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.file);
  }

  read(): Acknowledged[] {
    return readFileSync(this.path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Acknowledged);
  }

  close(): void {
    closeSync(this.file);
  }
}
