import { Injectable } from '@nestjs/common';
import type { KnownFacts, Subject } from '@app/catalogue';
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
  readonly gone?: true;
  readonly old?: true;
  readonly rate?: readonly [amount: number, month: string];
}

const letters = { entitled: 'e', 'not-entitled': 'n', 'needs-fact': 'f' } as const;
const words = { e: 'entitled', n: 'not-entitled', f: 'needs-fact' } as const;

/** The same few texts stand in every row, so they are made once. Where somebody lost something, or has a rate of their own, they are made each time. */
const texts = new Map<string, string>();

function toDocument({ outcome, version, needs, lostIn, groundless, takenOver, rate }: StoredOutcome): string {
  const key =
    lostIn > 0 || groundless || rate ? null : `${outcome} ${version} ${takenOver} ${needs.join(' ')}`;
  const known = key === null ? undefined : texts.get(key);
  if (known !== undefined) return known;
  const document: OutcomeDocument = {
    o: letters[outcome],
    v: version,
    ...(needs.length > 0 ? { needs } : {}),
    ...(lostIn > 0 ? { lost: lostIn } : {}),
    ...(groundless ? { gone: true } : {}),
    ...(takenOver ? { old: true } : {}),
    ...(rate ? { rate: [rate.amount, rate.month] } : {}),
  };
  const text = JSON.stringify(document);
  if (key !== null && texts.size < MOST_TEXTS) texts.set(key, text);
  return text;
}

const MOST_TEXTS = 5000;

function toDocuments(outcomes: Outcomes): string {
  let text = '';
  for (const [itemId, outcome] of Object.entries(outcomes)) {
    text += `${text === '' ? '' : ','}${JSON.stringify(itemId)}:${toDocument(outcome)}`;
  }
  return `{${text}}`;
}

export function fromDocuments(documents: Readonly<Record<string, OutcomeDocument>>): Outcomes {
  const outcomes: Record<string, StoredOutcome> = {};
  for (const [itemId, { o, v, needs = [], lost = 0, gone = false, old = false, rate }] of Object.entries(
    documents,
  )) {
    outcomes[itemId] = {
      outcome: words[o],
      version: v,
      needs,
      lostIn: lost,
      groundless: gone,
      takenOver: old,
      rate: rate ? { amount: rate[0], month: rate[1] } : null,
    };
  }
  return outcomes;
}

/** Per item what it was and what it is now; null: not determined. That an item never was due is no change worth a record. */
function toChanges(changes: readonly OutcomeChange[]): Record<string, unknown[]> {
  const record: Record<string, unknown[]> = {};
  for (const { itemId, before, after, version, needs } of changes) {
    if (before === null && after === 'not-entitled') continue;
    const change = [before && letters[before], after && letters[after], version];
    record[itemId] = needs.length > 0 ? [...change, needs] : change;
  }
  return record;
}

const factTexts = new WeakMap<KnownFacts, string>();

/** Facts by name, with the days only where they are bounded; made once for everybody in whose household they are looked at. */
function toFacts(facts: KnownFacts): string {
  let text = factTexts.get(facts);
  if (text === undefined) {
    const parts = Object.entries(facts).map(([name, { value, validFrom, validTo }]) => {
      const from = validFrom === null ? '' : `,"validFrom":"${validFrom}"`;
      const to = validTo === null ? '' : `,"validTo":"${validTo}"`;
      return `${JSON.stringify(name)}:{"value":${JSON.stringify(value)}${from}${to}}`;
    });
    text = `{${parts.join(',')}}`;
    factTexts.set(facts, text);
  }
  return text;
}

function toSubject({ person, card, facts, household }: Subject): string {
  const members = household?.members.map(
    ({ facts: own, ...member }) => `${JSON.stringify(member).slice(0, -1)},"facts":${toFacts(own)}}`,
  );
  const together = household
    ? `{"size":${household.size},"cardholders":${household.cardholders},"members":[${(members ?? []).join(',')}]}`
    : 'null';
  return `{"person":${JSON.stringify(person)},"card":${JSON.stringify(card)},"facts":${toFacts(facts)},"household":${together}}`;
}

/** Outcomes as they stand, and the append-only record of each decision that changed one. */
@Injectable()
export class Sheets {
  async save(tx: Tx, sheets: readonly DecidedSheet[]): Promise<void> {
    if (sheets.length === 0) return;
    const rows = sheets.map((sheet) => {
      const rest = JSON.stringify({
        person_id: sheet.personId,
        division_code: sheet.divisionCode,
        decision: sheet.decision,
        decided_on: sheet.decidedOn,
        fingerprint: sheet.fingerprint,
        missing: sheet.missing,
      });
      return `${rest.slice(0, -1)},"outcomes":${toDocuments(sheet.outcomes)}}`;
    });
    const changes = sheets
      .filter((sheet) => sheet.changes.length > 0)
      .map((sheet) => {
        const rest = JSON.stringify({
          person_id: sheet.personId,
          division_code: sheet.divisionCode,
          decision: sheet.decision,
          decided_on: sheet.decidedOn,
          fingerprint: sheet.fingerprint,
          cause: sheet.cause,
          cause_key: sheet.causeKey,
          changes: toChanges(sheet.changes),
        });
        return `${rest.slice(0, -1)},"subject":${toSubject(sheet.subject)}}`;
      });
    const { id, role } = tx.actor;
    await Promise.all([
      tx.query(
        `insert into determination_sheets (person_id, division_code, decision, decided_on, fingerprint, outcomes, missing,
           changed_by, changed_role)
         select person_id, division_code, decision, decided_on, fingerprint, outcomes, missing, $2, $3
         from json_to_recordset($1::json) as u (person_id uuid, division_code text, decision int, decided_on date, fingerprint text,
           outcomes json, missing text[])
         on conflict (person_id) do update set division_code = excluded.division_code, decision = excluded.decision,
           decided_on = excluded.decided_on, fingerprint = excluded.fingerprint, outcomes = excluded.outcomes,
           missing = excluded.missing, changed_at = now()`,
        [`[${rows.join(',')}]`, id, role],
        'lifecycle-upsert-sheets',
      ),
      changes.length > 0 &&
        tx.query(
          `insert into determination_changes (person_id, division_code, decision, decided_on, fingerprint, cause, cause_key,
             changes, subject, created_by, created_role)
           select person_id, division_code, decision, decided_on, fingerprint, cause, cause_key, changes, subject, $2, $3
           from json_to_recordset($1::json) as u (person_id uuid, division_code text, decision int, decided_on date,
             fingerprint text, cause text, cause_key text, changes json, subject json)`,
          [`[${changes.join(',')}]`, id, role],
          'lifecycle-append-changes',
        ),
    ]);
  }
}
