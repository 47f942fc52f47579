import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, inReach, type Caller, type Tx } from '@app/platform';
import {
  serviceOf,
  type CaseDocument,
  type DocumentKind,
  type DocumentService,
  type NewDocument,
} from '../../domain/document.js';
import type { RegisterPlace } from '../../domain/document-number.js';

interface DocumentRow {
  readonly document_id: string;
  readonly case_id: string;
  readonly kind: DocumentKind;
  readonly step: string | null;
  readonly challenge_id: string | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly made_on: string;
  readonly made_by: string;
  readonly made_by_role: string;
  readonly made_on_behalf_of: string | null;
  readonly number_year: number;
  readonly number: number;
  readonly services: readonly DocumentService[];
}

/** A document that nobody has served yet, with what a list needs of its case. */
export interface UnservedDocument {
  readonly documentId: string;
  readonly caseId: string;
  readonly personId: string;
  readonly divisionCode: string;
  readonly itemId: string;
  readonly itemVersion: string;
  readonly kind: DocumentKind;
  readonly place: RegisterPlace;
  readonly madeOn: string;
  readonly madeBy: string;
}

/** A document that somebody asked for by its number. */
export interface RegisteredDocument {
  readonly documentId: string;
  readonly caseId: string;
  readonly kind: DocumentKind;
}

const COLUMNS = `d.document_id, d.case_id, d.kind, d.step, d.challenge_id, d.reason, d.remedy, d.made_on, d.made_by, d.made_by_role,
  d.made_on_behalf_of, d.number_year, d.number,
  coalesce((select jsonb_agg(jsonb_build_object('method', s.method, 'on', s.on_day, 'servedOn', s.served_on,
     'receivedBy', s.received_by, 'witness', s.witness, 'recorded', s.recorded, 'reference', s.reference, 'note', s.note,
     'correction', s.correction, 'proofFileId', s.proof_file_id, 'representativeId', s.representative_id,
     'by', jsonb_build_object('id', s.served_by, 'role', s.served_by_role), 'onBehalfOf', s.served_on_behalf_of,
     'at', to_char(s.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by s.place)
     from document_services s where s.document_id = d.document_id), '[]'::jsonb) as services`;

/** A document with the case whose decision made it. */
export interface MadeDocument {
  readonly caseId: string;
  readonly document: NewDocument;
}

/** The documents of cases, how they were served, and whether persons agreed to electronic service. */
@Injectable()
export class CaseDocuments {
  constructor(private readonly database: Database) {}

  /** @returns their ids, in order */
  async add(tx: Tx, made: readonly MadeDocument[], day: string): Promise<string[]> {
    if (made.length === 0) return [];
    const ids = made.map(() => randomUUID());
    const column = <Key extends keyof NewDocument>(key: Key) => made.map(({ document }) => document[key]);
    await tx.query(
      `with taken as (
         insert into document_numbers as s (year, last) values (extract(year from $8::date), cardinality($1::uuid[]))
         on conflict (year) do update set last = s.last + excluded.last returning year, last)
       insert into case_documents (document_id, case_id, kind, step, challenge_id, reason, remedy, number, number_year, made_on, made_by,
         made_by_role, made_on_behalf_of)
       select n.document_id, n.case_id, n.kind, n.step, n.challenge_id, n.reason, n.remedy, taken.last - cardinality($1::uuid[]) + n.nth,
         taken.year, $8::date, $9, $10, $11
       from taken, unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[])
         with ordinality as n (document_id, case_id, kind, step, challenge_id, reason, remedy, nth)`,
      [
        ids,
        made.map(({ caseId }) => caseId),
        column('kind'),
        column('step'),
        column('challengeId'),
        column('reason'),
        column('remedy'),
        day,
        tx.actor.id,
        tx.actor.role,
        tx.actor.onBehalfOf ?? null,
      ],
      'case-documents-add',
    );
    return ids;
  }

  /** The documents of a case, oldest first. */
  async of(scope: Tx | Caller, caseId: string): Promise<CaseDocument[]> {
    const sql = `select ${COLUMNS} from case_documents d where d.case_id = $1 order by d.made_at, d.document_id`;
    const rows =
      'query' in scope
        ? await scope.query<DocumentRow>(sql, [caseId])
        : await this.database.query<DocumentRow>(scope, sql, [caseId]);
    return rows.map(toDocument);
  }

  /** Writes the record of service that was added last. */
  async addService(tx: Tx, document: CaseDocument): Promise<void> {
    const service = serviceOf(document)!;
    await tx.query(
      `insert into document_services (document_id, place, method, on_day, served_on, received_by, witness, recorded, reference, note,
         correction, served_by, served_by_role, served_on_behalf_of, recorded_at, representative_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        document.id,
        document.services.length - 1,
        service.method,
        service.on,
        service.servedOn,
        service.receivedBy,
        service.witness,
        service.recorded,
        service.reference,
        service.note,
        service.correction,
        service.by.id,
        service.by.role,
        service.onBehalfOf,
        service.at,
        service.representativeId,
      ],
    );
    await tx.query('update case_documents set served_on = $2 where document_id = $1', [
      document.id,
      service.servedOn,
    ]);
  }

  /** The proof (送达回证) of the record that stands. */
  async addProof(tx: Tx, document: CaseDocument, fileId: string): Promise<void> {
    await tx.query('update document_services set proof_file_id = $3 where document_id = $1 and place = $2', [
      document.id,
      document.services.length - 1,
      fileId,
    ]);
  }

  /** Since when the person agrees to electronic service in a case; null: does not. */
  async electronicSince(scope: Tx | Caller, caseId: string): Promise<string | null> {
    const sql = 'select since from electronic_consents where case_id = $1';
    const [row] =
      'query' in scope
        ? await scope.query<{ since: string | null }>(sql, [caseId])
        : await this.database.query<{ since: string | null }>(scope, sql, [caseId]);
    return row?.since ?? null;
  }

  /** @param since null: the person took it back */
  async setElectronic(tx: Tx, caseId: string, since: string | null, at: Date): Promise<void> {
    await tx.query(
      `insert into electronic_consents (case_id, since, taken_by, taken_by_role, taken_at) values ($1, $2, $3, $4, $5)
       on conflict (case_id) do update set since = excluded.since, taken_by = excluded.taken_by,
         taken_by_role = excluded.taken_by_role, taken_at = excluded.taken_at`,
      [caseId, since, tx.actor.id, tx.actor.role, at],
    );
  }

  /** Documents of the caller's reach that were not served yet, oldest first. */
  async unserved(
    caller: Caller,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<UnservedDocument[]> {
    const place = inReach(caller, 'c.division_code', 3);
    const rows = await this.database.query<{
      document_id: string;
      case_id: string;
      person_id: string;
      division_code: string;
      item_id: string;
      item_version: string;
      kind: DocumentKind;
      number_year: number;
      number: number;
      made_on: string;
      made_by: string;
    }>(
      caller,
      `select d.document_id, d.case_id, c.person_id, c.division_code, c.item_id, c.item_version, d.kind, d.number_year, d.number,
         d.made_on, d.made_by
       from case_documents d join cases c using (case_id)
       where d.served_on is null
         and ($1::uuid is null or (d.made_at, d.document_id) >
           ((select a.made_at from case_documents a where a.document_id = $1), $1::uuid))
         and ${place.sql}
       order by d.made_at, d.document_id limit $2`,
      [after ?? null, limit, ...place.params],
    );
    return rows.map((row) => ({
      documentId: row.document_id,
      caseId: row.case_id,
      personId: row.person_id,
      divisionCode: row.division_code,
      itemId: row.item_id,
      itemVersion: row.item_version,
      kind: row.kind,
      place: { year: row.number_year, number: row.number },
      madeOn: row.made_on,
      madeBy: row.made_by,
    }));
  }

  /** @returns null: there is none, or its case is not in the caller's reach */
  async at(caller: Caller, { year, number }: RegisterPlace): Promise<RegisteredDocument | null> {
    const place = inReach(caller, 'c.division_code', 3);
    const [row] = await this.database.query<{ document_id: string; case_id: string; kind: DocumentKind }>(
      caller,
      `select d.document_id, d.case_id, d.kind from case_documents d join cases c using (case_id)
       where d.number_year = $1 and d.number = $2 and ${place.sql}`,
      [year, number, ...place.params],
    );
    return row ? { documentId: row.document_id, caseId: row.case_id, kind: row.kind } : null;
  }
}

function toDocument(row: DocumentRow): CaseDocument {
  return {
    id: row.document_id,
    caseId: row.case_id,
    kind: row.kind,
    step: row.step,
    challengeId: row.challenge_id,
    reason: row.reason,
    remedy: row.remedy,
    madeOn: row.made_on,
    by: { id: row.made_by, role: row.made_by_role },
    onBehalfOf: row.made_on_behalf_of,
    place: { year: row.number_year, number: row.number },
    services: row.services,
  };
}
