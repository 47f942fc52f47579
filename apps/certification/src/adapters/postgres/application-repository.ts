import { Injectable } from '@nestjs/common';
import { ColumnCipher } from '@app/access';
import type { ActorRef, NewEvent } from '@app/contracts';
import { Outbox } from '@app/messaging';
import { Database, type Tx } from '@app/platform';
import type { Application } from '../../domain/application.js';
import type { Card } from '../../domain/card.js';
import { ApplicationNotFound, ApplicationOpen, PersonNotOnFile } from '../../domain/errors.js';
import { CardRepository, type Change } from './card-repository.js';
import { PersonReadModel, type KnownPerson } from './person-read-model.js';
import { violatedConstraint } from './unique-violation.js';

const NUMBER_COLUMN = 'certification.applications.identity_number';

type Parts = Pick<
  Application,
  'guardian' | 'materials' | 'submitted' | 'accepted' | 'assessment' | 'notice' | 'objections' | 'decided'
>;

interface Row {
  application_id: string;
  person_id: string;
  division_code: string;
  kind: Application['kind'];
  status: Application['status'];
  version: number;
  card_id: string | null;
  identity_number: string | null;
  record: Parts;
}

const COLUMNS =
  'application_id, person_id, division_code, kind, status, version, card_id, identity_number, record';

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

  async placeOf(actor: ActorRef, applicationId: string): Promise<{ divisionCode: string } | null> {
    const [row] = await this.database.query<{ division_code: string }>(
      actor,
      'select division_code from applications where application_id = $1',
      [applicationId],
    );
    return row ? { divisionCode: row.division_code } : null;
  }

  /** @throws ApplicationOpen if the person has one on its way already */
  async add(
    actor: ActorRef,
    personId: string,
    identityNumber: string,
    decide: (grounds: Omit<Grounds, 'application' | 'identityNumber'>) => Application,
  ): Promise<Application> {
    return this.database.command(actor, async (tx) => {
      const person = await this.persons.lock(tx, personId);
      if (!person) throw new PersonNotOnFile();
      const [inForce, cancelled] = await Promise.all([
        this.cards.lockInForce(tx, [personId]),
        this.cards.lastCancelled(tx, [personId]),
      ]);
      const application = decide({
        person,
        card: inForce.get(personId) ?? null,
        cancelled: cancelled.get(personId) ?? null,
      });
      try {
        await Promise.all([
          tx.query(
            `insert into applications (${COLUMNS}, created_by, created_role, changed_by, changed_role)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)`,
            [
              application.applicationId,
              application.personId,
              application.divisionCode,
              application.kind,
              application.status,
              application.version,
              application.cardId,
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
    actor: ActorRef,
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
      const person = await this.persons.lock(tx, place.person_id);
      const [row] = await tx.query<Row>(
        `select ${COLUMNS} from applications where application_id = $1 for update`,
        [applicationId],
      );
      if (!person || !row) throw new ApplicationNotFound(applicationId);
      const [inForce, cancelled] = await Promise.all([
        this.cards.lockInForce(tx, [person.personId]),
        this.cards.lastCancelled(tx, [person.personId]),
      ]);
      const before = toApplication(row);
      const decision = decide({
        application: before,
        person,
        card: inForce.get(person.personId) ?? null,
        cancelled: cancelled.get(person.personId) ?? null,
        identityNumber: row.identity_number ? this.cipher.decrypt(NUMBER_COLUMN, row.identity_number) : null,
      });
      const { application } = decision;
      if (decision.newCard) await this.cards.insert(tx, [decision.newCard]);
      // One by one: each is a version of the same card.
      for (const change of decision.changedCard ?? []) await this.cards.update(tx, [change]);
      await Promise.all([
        tx.query(
          `update applications set status = $2, version = $3, card_id = $4, record = $5,
                  identity_number = case when $2 in ('approved', 'rejected') then null else identity_number end,
                  changed_by = $6, changed_role = $7, changed_at = now()
           where application_id = $1`,
          [
            applicationId,
            application.status,
            application.version,
            application.cardId,
            JSON.stringify(partsOf(application)),
            actor.id,
            actor.role,
          ],
        ),
        this.remember(tx, step, application),
        beside(tx, application),
      ]);
      this.outbox.append(tx, decision.events ?? []);
      return application;
    });
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

function partsOf(application: Application): Parts {
  const { guardian, materials, submitted, accepted, assessment, notice, objections, decided } = application;
  return { guardian, materials, submitted, accepted, assessment, notice, objections, decided };
}

export function toApplication(row: Omit<Row, 'identity_number'>): Application {
  return {
    applicationId: row.application_id,
    kind: row.kind,
    personId: row.person_id,
    divisionCode: row.division_code,
    cardId: row.card_id,
    status: row.status,
    version: row.version,
    ...row.record,
  };
}
