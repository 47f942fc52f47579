import { Inject, Injectable } from '@nestjs/common';
import {
  Escalation,
  LegalClocks,
  RungHandler,
  type ClockChange,
  type FiredRung,
  type NoticeSubject,
} from '@app/clocks';
import { caseFacts, type CaseFacts, type CaseStatus, type Owner } from '@app/contracts';
import { Outbox } from '@app/messaging';
import type { Tx } from '@app/platform';
import { shanghaiDay } from '@app/kernel';
import { SERVICE_NAME } from '@app/service-host';
import { noticeSubjects } from '../../adapters/postgres/notice-subjects.js';
import { CaseItems } from '../../adapters/case-items.js';
import { lapsePapers } from '../../adapters/postgres/lapsed-papers.js';
import { outstandingPapers } from '../../adapters/postgres/outstanding-papers.js';
import { termFactsOf, type CaseOfTerm } from '../../domain/term-facts.js';
import { CitizenMessages } from '../../app/citizen-messages.js';

interface RemindedRow {
  readonly case_id: string;
  readonly person_id: string;
  readonly division_code: string;
  readonly item_id: string;
  readonly item_version: string;
  readonly period: string;
  readonly round_id: string | null;
  readonly status: CaseStatus;
  readonly version: number;
}

/** A rung of a case's term was reached: that is a fact about the case. */
@Injectable()
export class RemindOnRung extends RungHandler {
  @Inject(CitizenMessages) private readonly messages!: CitizenMessages;
  @Inject(LegalClocks) private readonly clocks!: LegalClocks;
  @Inject(CaseItems) private readonly items!: CaseItems;
  @Inject(Escalation) private readonly escalation!: Escalation;

  constructor(
    protected readonly outbox: Outbox,
    @Inject(SERVICE_NAME) private readonly service: Owner,
  ) {
    super();
  }

  /** A command locks the case before its clocks, so a case that one holds is left to it. */
  override async lockSubjects(tx: Tx, subjectIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ case_id: string }>(
      'select case_id from cases where case_id = any($1::uuid[]) for update skip locked',
      [subjectIds],
      'cases-lock-free',
    );
    if (rows.length === subjectIds.length) return [];
    const locked = new Set(rows.map(({ case_id }) => case_id));
    const others = await tx.query<{ case_id: string }>(
      'select case_id from cases where case_id = any($1::uuid[])',
      [subjectIds.filter((id) => !locked.has(id))],
    );
    return others.map(({ case_id }) => case_id);
  }

  async onRungs(tx: Tx, rungs: readonly FiredRung[]): Promise<void> {
    const moved = await lapsePapers(tx, this.clocks, rungs);
    const fired = new Map<string, number>();
    for (const { subjectId } of rungs) fired.set(subjectId, (fired.get(subjectId) ?? 0) + 1);
    const rows = await tx.query<RemindedRow>(
      `update cases c set version = c.version + n.fired, changed_by = $3, changed_by_role = $4
       from unnest($1::uuid[], $2::int[]) as n (case_id, fired) where c.case_id = n.case_id
       returning c.case_id, c.person_id, c.division_code, c.item_id, c.item_version, c.period, c.round_id, c.status,
         c.version - n.fired as version`,
      [[...fired.keys()], [...fired.values()], tx.actor.id, tx.actor.role],
    );
    const cases = new Map(rows.map((row) => [row.case_id, { row, version: row.version }]));
    const { reminded } = caseFacts[this.service] as CaseFacts;
    this.outbox.append(
      tx,
      rungs.flatMap((rung) => {
        const found = cases.get(rung.subjectId);
        if (!found) return [];
        const { row } = found;
        found.version += 1;
        return [
          reminded.of({
            personId: row.person_id,
            divisionCode: row.division_code,
            version: found.version,
            caseId: row.case_id,
            itemId: row.item_id,
            itemVersion: row.item_version,
            period: row.period,
            roundId: row.round_id,
            status: row.status,
            clockId: rung.clockId,
            rung: rung.rung,
            level: rung.level,
            dueAt: rung.dueAt,
          }),
        ];
      }),
    );
    await this.tellPersons(tx, rungs, rows);
    this.outbox.append(
      tx,
      termFactsOf(moved, (caseId) => {
        const found = cases.get(caseId);
        return found && this.caseOfTerm({ ...found.row, version: found.version });
      }),
    );
    await this.tellOffice(tx, rungs, await noticeSubjects(tx, this.service, [...cases.keys()]));
  }

  /** Who in the office is told (提醒、督办、通报), in the transaction that claims the rungs. */
  protected tellOffice(
    tx: Tx,
    rungs: readonly FiredRung[],
    subjects: ReadonlyMap<string, NoticeSubject>,
  ): Promise<void> {
    return this.escalation.tell(tx, rungs, subjects);
  }

  override onBeat(tx: Tx): Promise<void> {
    return this.escalation.tryRules(tx);
  }

  /** What a rung has for the person goes to them, in the words of a message (短信、语音或纸质通知). */
  private async tellPersons(
    tx: Tx,
    rungs: readonly FiredRung[],
    cases: readonly RemindedRow[],
  ): Promise<void> {
    const persons = rungs.filter(({ to }) => to.includes('person'));
    const papers = await outstandingPapers(tx, persons);
    const titles = new Map(cases.map((row) => [row.case_id, this.materialTitlesOf(row)]));
    await this.messages.request(
      tx,
      persons.map(({ subjectId, clockId, rung, dueAt }) => {
        const missing = papers.get(clockId);
        return {
          caseId: subjectId,
          ...(missing
            ? {
                template: 'missing-paper' as const,
                papers: missing.map((material) => titles.get(subjectId)?.[material] ?? material),
                again: true,
              }
            : { template: 'term-reminder' as const }),
          cause: `rung/${clockId}/${rung}`,
          // The end of the last day is the first moment of the next.
          day: shanghaiDay(new Date(Date.parse(dueAt) - 1)),
        };
      }),
    );
  }

  private materialTitlesOf({
    item_id,
    item_version,
    division_code,
  }: RemindedRow): Readonly<Record<string, string>> {
    return this.items.of(item_id, item_version, division_code).materialTitles;
  }

  /** Their versions stay as they are: a command that holds one of the cases may be waiting for its clock. */
  override async onMoved(tx: Tx, changes: readonly ClockChange[]): Promise<void> {
    const rows = await tx.query<RemindedRow>(
      `select case_id, person_id, division_code, item_id, item_version, period, round_id, status, version
       from cases where case_id = any($1::uuid[])`,
      [changes.map(({ subjectId }) => subjectId)],
    );
    const cases = new Map(rows.map((row) => [row.case_id, this.caseOfTerm(row)]));
    this.outbox.append(
      tx,
      termFactsOf(changes, (caseId) => cases.get(caseId)),
    );
  }

  private caseOfTerm(row: RemindedRow): CaseOfTerm {
    return {
      id: row.case_id,
      personId: row.person_id,
      divisionCode: row.division_code,
      item: { id: row.item_id, owner: this.service },
      roundId: row.round_id,
      version: row.version,
    };
  }
}
