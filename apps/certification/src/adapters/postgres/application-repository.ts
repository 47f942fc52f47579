import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { NewEvent } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { type Caller, Database, type Tx } from '@app/platform';
import type { Application } from '../../domain/application.js';
import type { Card } from '../../domain/card.js';
import { ApplicationNotFound, ApplicationOpen, PersonNotOnFile } from '../../domain/errors.js';
import { CardRepository, type Change } from './card-repository.js';
import { PersonReadModel, type KnownPerson } from './person-read-model.js';
import { violatedConstraint } from './unique-violation.js';

const NUMBER_COLUMN = 'certification.applications.identity_number';

type Parts = Pick<
  Application,
  | 'guardian'
  | 'onBehalf'
  | 'materials'
  | 'submitted'
  | 'accepted'
  | 'assessment'
  | 'notice'
  | 'objections'
  | 'decided'
>;

interface Row {
  application_id: string;
  person_id: string;
  division_code: string;
  kind: Application['kind'];
  status: Application['status'];
  version: number;
  card_id: string | null;
  unit_id: string | null;
  identity_number: string | null;
  record: Omit<Parts, 'onBehalf'> & Partial<Pick<Parts, 'onBehalf'>>;
}

const COLUMNS =
  'application_id, person_id, division_code, kind, status, version, card_id, unit_id, identity_number, record';

/** What a decision about an application rests on, all locked. */
export interface Grounds {
  readonly application: Application;
  readonly person: KnownPerson;
  /** The card that the person has in force. */
  readonly card: Card | null;
  readonly cancelled: Card | null;
  /** Until the decision. */
  readonly identityNumber: string | null;
}

/** What a step leads to: the application, and for an approval the card. */
export interface StepDecision {
  readonly application: Application;
  readonly newCard?: Change;
  readonly changedCard?: readonly Change[];
  readonly events?: readonly NewEvent[];
  /** The user's reason, for the audit log. */
  readonly why?: string;
}

/** Work in the transaction of a step, e.g. arming a clock. */
export type Beside = (tx: Tx, after: Application) => Promise<void>;

/** Applications on their way; `change` is the way to write one, its card and its history together. */
@Injectable()
export class ApplicationRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: ColumnCipher,
    private readonly outbox: Outbox,
    private readonly persons: PersonReadModel,
    private readonly cards: CardRepository,
  ) {}

  async placeOf(actor: Caller, applicationId: string): Promise<{ divisionCode: string } | null> {
    const [row] = await this.database.query<{ division_code: string }>(
      actor,
      'select division_code from applications where application_id = $1',
      [applicationId],
    );
    return row ? { divisionCode: row.division_code } : null;
  }

  /** @throws ApplicationOpen if the person has one on its way already */
  async add(
    actor: Caller,
    personId: string,
    identityNumber: string,
    decide: (grounds: Omit<Grounds, 'application' | 'identityNumber'>) => Application,
  ): Promise<Application> {
    return this.database.command(actor, async (tx) => {
      const person = await this.persons.lock(tx, personId);
      if (!person) throw new PersonNotOnFile();
      const holdings = await this.holdings(tx, personId);
      const application = decide({ person, ...holdings });
      auditStep(tx, 'submit', application);
      try {
        await Promise.all([
          tx.query(
            `insert into applications (${COLUMNS}, created_by, created_role, changed_by, changed_role)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)`,
            [
              application.applicationId,
              application.personId,
              application.divisionCode,
              application.kind,
              application.status,
              application.version,
              application.cardId,
              application.unitId,
              this.cipher.encrypt(NUMBER_COLUMN, identityNumber),
              JSON.stringify(partsOf(application)),
              actor.id,
              actor.role,
            ],
          ),
          this.remember(tx, 'submit', application),
        ]);
      } catch (error) {
        throw violatedConstraint(error) === 'applications_one_open' ? new ApplicationOpen(null) : error;
      }
      return application;
    });
  }

  async change(
    actor: Caller,
    applicationId: string,
    step: string,
    decide: (grounds: Grounds) => StepDecision,
    beside: Beside = async () => undefined,
  ): Promise<Application> {
    return this.database.command(actor, async (tx) => {
      // The person first, then the application: the order in which `add` locks them.
      const [place] = await tx.query<{ person_id: string }>(
        'select person_id from applications where application_id = $1',
        [applicationId],
      );
      if (!place) throw new ApplicationNotFound(applicationId);
      // An assessor sees the application and not the file: person and cards are the service's to look at.
      const person = await tx.asService(() => this.persons.lock(tx, place.person_id));
      const [row] = await tx.query<Row>(
        `select ${COLUMNS} from applications where application_id = $1 for update`,
        [applicationId],
      );
      if (!person || !row) throw new ApplicationNotFound(applicationId);
      const before = toApplication(row);
      const decision = decide({
        application: before,
        person,
        ...(await this.holdings(tx, person.personId)),
        identityNumber: row.identity_number ? this.cipher.decrypt(NUMBER_COLUMN, row.identity_number) : null,
      });
      const { application } = decision;
      auditStep(tx, step, application, decision.why);
      if (decision.newCard) await this.cards.insert(tx, [decision.newCard]);
      // One by one: each is a version of the same card. It may stand elsewhere than its holder, and an assessor changes none by hand.
      for (const change of decision.changedCard ?? [])
        await tx.asService(() => this.cards.update(tx, [change]));
      await Promise.all([
        tx.query(
          `update applications set status = $2, version = $3, card_id = $4, unit_id = $5, record = $6,
                  identity_number = case when $2 in ('approved', 'rejected') then null else identity_number end,
                  changed_by = $7, changed_role = $8, changed_at = now()
           where application_id = $1`,
          [
            applicationId,
            application.status,
            application.version,
            application.cardId,
            application.unitId,
            JSON.stringify(partsOf(application)),
            actor.id,
            actor.role,
          ],
        ),
        this.remember(tx, step, application),
      ]);
      // The term that follows from a step is the law's: nobody needs a right to its clock.
      await tx.asService(() => beside(tx, application));
      this.outbox.append(tx, decision.events ?? []);
      return application;
    });
  }

  /** What the person has had, wherever it stands: nobody gets a second card because the first one is at another place. */
  private async holdings(tx: Tx, personId: string): Promise<Pick<Grounds, 'card' | 'cancelled'>> {
    const [inForce, cancelled] = await tx.asService(() =>
      Promise.all([this.cards.lockInForce(tx, [personId]), this.cards.lastCancelled(tx, [personId])]),
    );
    return { card: inForce.get(personId) ?? null, cancelled: cancelled.get(personId) ?? null };
  }

  private async remember(tx: Tx, step: string, application: Application): Promise<void> {
    await tx.query(
      `insert into application_steps (application_id, version, step, status, details, actor_id, actor_role)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        application.applicationId,
        application.version,
        step,
        application.status,
        JSON.stringify(partsOf(application)),
        tx.actor.id,
        tx.actor.role,
      ],
    );
  }
}

function auditStep(tx: Tx, step: string, application: Application, why?: string): void {
  tx.audit({
    what: `application.${step}`,
    personIds: [application.personId],
    caseIds: [application.applicationId],
    ...(why ? { why } : {}),
    ...(step === 'place' ? { detail: { unitId: application.unitId } } : {}),
  });
}

function partsOf(application: Application): Parts {
  const { guardian, onBehalf, materials, submitted, accepted, assessment, notice, objections, decided } =
    application;
  return { guardian, onBehalf, materials, submitted, accepted, assessment, notice, objections, decided };
}

export function toApplication(row: Omit<Row, 'identity_number'>): Application {
  return {
    applicationId: row.application_id,
    kind: row.kind,
    personId: row.person_id,
    divisionCode: row.division_code,
    cardId: row.card_id,
    unitId: row.unit_id,
    status: row.status,
    version: row.version,
    // Who applied before this was asked said nothing of it.
    onBehalf: null,
    ...row.record,
  };
}
