import { Injectable } from '@nestjs/common';
import type { Subject } from '@app/catalogue';
import type { Tx } from '@app/platform';
import type { OutcomeChange, Outcomes, StoredOutcome } from '../../domain/outcomes.js';

/** What a decision found for a person. */
export interface DecidedSheet {
  readonly personId: string;
  readonly divisionCode: string;
  readonly decision: number;
  readonly decidedOn: string;
  readonly fingerprint: string;
  readonly outcomes: Outcomes;
  readonly missing: readonly string[];
  /** Empty if only the rules' fingerprint is new. */
  readonly changes: readonly OutcomeChange[];
  readonly subject: Subject;
  readonly cause: string;
  readonly causeKey: string;
}

/** An outcome in the tables, short because every decision writes all of a person's; the view spells it out. */
export interface OutcomeDocument {
  /** e: entitled, n: not entitled, f: needs a fact. */
  readonly o: 'e' | 'n' | 'f';
  readonly v: string;
  readonly needs?: readonly string[];
  readonly lost?: number;
  readonly old?: true;
}

const letters = { entitled: 'e', 'not-entitled': 'n', 'needs-fact': 'f' } as const;
const words = { e: 'entitled', n: 'not-entitled', f: 'needs-fact' } as const;

function toDocument({ outcome, version, needs, lostIn, takenOver }: StoredOutcome): OutcomeDocument {
  return {
    o: letters[outcome],
    v: version,
    ...(needs.length > 0 ? { needs } : {}),
    ...(lostIn > 0 ? { lost: lostIn } : {}),
    ...(takenOver ? { old: true } : {}),
  };
}

export function fromDocuments(documents: Readonly<Record<string, OutcomeDocument>>): Outcomes {
  const outcomes: Record<string, StoredOutcome> = {};
  for (const [itemId, { o, v, needs = [], lost = 0, old = false }] of Object.entries(documents)) {
    outcomes[itemId] = { outcome: words[o], version: v, needs, lostIn: lost, takenOver: old };
  }
  return outcomes;
}

/** Per item what it was and what it is now; null: not determined. */
function toChange({ itemId, before, after, version, needs }: OutcomeChange): [string, unknown[]] {
  const change = [before && letters[before], after && letters[after], version];
  return [itemId, needs.length > 0 ? [...change, needs] : change];
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  const mapped: Record<string, To> = {};
  for (const [key, value] of Object.entries(record)) mapped[key] = map(value);
  return mapped;
}

/** Outcomes as they stand, and the append-only record of each decision that changed one. */
@Injectable()
export class Sheets {
  async save(tx: Tx, sheets: readonly DecidedSheet[]): Promise<void> {
    if (sheets.length === 0) return;
    const rows = sheets.map((sheet) => ({
      person_id: sheet.personId,
      division_code: sheet.divisionCode,
      decision: sheet.decision,
      decided_on: sheet.decidedOn,
      fingerprint: sheet.fingerprint,
      outcomes: mapValues(sheet.outcomes, toDocument),
      missing: sheet.missing,
    }));
    const changes = sheets
      .filter((sheet) => sheet.changes.length > 0)
      .map((sheet) => ({
        person_id: sheet.personId,
        division_code: sheet.divisionCode,
        decision: sheet.decision,
        decided_on: sheet.decidedOn,
        fingerprint: sheet.fingerprint,
        cause: sheet.cause,
        cause_key: sheet.causeKey,
        changes: Object.fromEntries(sheet.changes.map(toChange)),
        subject: sheet.subject,
      }));
    const { id, role } = tx.actor;
    await Promise.all([
      tx.query(
        `insert into determination_sheets (person_id, division_code, decision, decided_on, fingerprint, outcomes, missing,
           changed_by, changed_role)
         select person_id, division_code, decision, decided_on, fingerprint, outcomes, missing, $2, $3
         from json_to_recordset($1::json) as u (person_id uuid, division_code text, decision int, decided_on date, fingerprint text,
           outcomes jsonb, missing text[])
         on conflict (person_id) do update set division_code = excluded.division_code, decision = excluded.decision,
           decided_on = excluded.decided_on, fingerprint = excluded.fingerprint, outcomes = excluded.outcomes,
           missing = excluded.missing, changed_at = now()`,
        [JSON.stringify(rows), id, role],
        'lifecycle-upsert-sheets',
      ),
      changes.length > 0 &&
        tx.query(
          `insert into determination_changes (person_id, division_code, decision, decided_on, fingerprint, cause, cause_key,
             changes, subject, created_by, created_role)
           select person_id, division_code, decision, decided_on, fingerprint, cause, cause_key, changes, subject, $2, $3
           from json_to_recordset($1::json) as u (person_id uuid, division_code text, decision int, decided_on date,
             fingerprint text, cause text, cause_key text, changes jsonb, subject json)`,
          [JSON.stringify(changes), id, role],
          'lifecycle-append-changes',
        ),
    ]);
  }
}
