import { Injectable } from '@nestjs/common';
import { actingAs, ColumnCipher, lookingWith, permissions, type Actor } from '@app/access';
import { Clock } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import {
  DecisionListRepository,
  type DecisionList,
  type DecisionReturn,
} from '../adapters/postgres/decision-list-repository.js';
import { DecisionListNotWritten, MOST_ROWS } from '../domain/decision-list.js';
import { readSheet, SheetTokens, type ReadSheet } from './decision-list-sheet.js';
import { reportOf, type DecisionReport } from './decision-report.js';
import { sha256Of } from './export-pay-run.js';

const CONTENT_COLUMN = 'subsidies.decision_returns.content';

/**
 * Takes a file that came back: it is read, compared and kept, encrypted, as the proof of what it says. Nothing is decided by it until a second
 * person has confirmed it.
 */
@Injectable()
export class TakeDecisionReturn {
  private readonly tokens: SheetTokens;

  constructor(
    private readonly database: Database,
    private readonly lists: DecisionListRepository,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {
    this.tokens = new SheetTokens(cipher);
  }

  /**
   * The same file again changes nothing; a newer one takes the place of one that nobody has confirmed.
   * @throws DecisionListNotFound, NotAllowed, DecisionListNotWritten, FileNotReadable, FileTooLarge, HeaderNotValid, ReturnOfOtherList
   */
  async run(actor: Actor, listNo: number, bytes: Buffer): Promise<DecisionReport> {
    const reader = lookingWith(actor, 'decision-list:read');
    const list = await this.lists.find(reader, listNo);
    const caller = actingAs(actor, permissions['decision-list:keep'], list.divisionCode);
    const sheet = await this.read(
      list,
      bytes,
      await this.database.read(reader, (tx) => this.lists.rows(tx, listNo)),
    );
    const sha256 = sha256Of(bytes);
    return this.database.transaction(caller, async (tx) => {
      await this.lists.lock(tx, listNo);
      const taken = (await this.lists.returnOf(tx, listNo, sha256)) ?? null;
      const returnNo = taken?.returnNo ?? (await this.keep(tx, listNo, sha256, bytes, sheet));
      if (taken?.state === 'superseded') await this.lists.enterAgain(tx, listNo, returnNo);
      tx.audit({
        what: 'decision-list.return-entered',
        detail: { listNo, receipt: list.receipt, returnNo, sha256, answers: sheet.answers.length },
      });
      return this.report(tx, list, await this.lists.oneReturn(tx, listNo, returnNo));
    });
  }

  /** A file that was entered, against how its cases stand now. @throws DecisionListNotFound */
  async one(actor: Actor, listNo: number, returnNo: number): Promise<DecisionReport> {
    const reader = lookingWith(actor, 'decision-list:read');
    const list = await this.lists.find(reader, listNo);
    return this.database.read(reader, async (tx) =>
      this.report(tx, list, await this.lists.oneReturn(tx, listNo, returnNo)),
    );
  }

  /** The file as it came, with names and numbers: for a purpose that the log keeps. @throws DecisionListNotFound, NotAllowed */
  async content(
    actor: Actor,
    listNo: number,
    returnNo: number,
    purpose: string,
  ): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const list = await this.lists.find(lookingWith(actor, 'decision-list:read'), listNo);
    const may = [...permissions['decision-list:keep'], ...permissions['decision-list:confirm']];
    const caller = actingAs(actor, may, list.divisionCode);
    const stored = await this.database.transaction(caller, async (tx) => {
      const content = await this.lists.contentOf(tx, listNo, returnNo);
      const rows = await this.lists.rows(tx, listNo);
      tx.audit({
        what: 'decision-list.return-read',
        personIds: rows.map(({ personId }) => personId),
        why: purpose,
        detail: { listNo, receipt: list.receipt, returnNo },
      });
      return content;
    });
    const bytes = Buffer.from(this.cipher.decrypt(CONTENT_COLUMN, stored), 'base64');
    const ending = bytes[0] === 0x50 && bytes[1] === 0x4b ? 'xlsx' : 'csv';
    return { name: `${list.receipt}-${returnNo}.${ending}`, bytes };
  }

  async report(tx: Tx, list: DecisionList, taken: DecisionReturn): Promise<DecisionReport> {
    const { listNo } = list;
    const rows = await this.lists.rows(tx, listNo);
    const answers = await this.lists.answers(tx, listNo, taken.returnNo, { limit: MOST_ROWS, all: true });
    const now = await this.lists.now(
      tx,
      rows.map(({ caseId }) => caseId),
      { lock: false },
    );
    return reportOf(list, taken, rows, answers, now);
  }

  private read(
    list: DecisionList,
    bytes: Buffer,
    rows: Awaited<ReturnType<DecisionListRepository['rows']>>,
  ): Promise<ReadSheet> {
    const sent = new Map(
      rows.flatMap(({ nameToken, identityToken, ...row }) =>
        nameToken !== null && identityToken !== null
          ? [[row.lineNo, { ...row, nameToken, identityToken }] as const]
          : [],
      ),
    );
    if (sent.size === 0) throw new DecisionListNotWritten();
    return readSheet(bytes, this.tokens, list, sent, this.clock.today());
  }

  private keep(
    tx: Tx,
    listNo: number,
    sha256: string,
    bytes: Buffer,
    { problems, answers }: ReadSheet,
  ): Promise<number> {
    const content = this.cipher.encrypt(CONTENT_COLUMN, bytes.toString('base64'));
    return this.lists.addReturn(tx, listNo, { sha256, content, problems }, answers);
  }
}
