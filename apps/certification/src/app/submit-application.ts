import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  actingAs,
  type Actor,
  ColumnCipher,
  handOf,
  lookingWith,
  type Role,
  identityNumberOf,
} from '@app/access';
import { Clock } from '@app/kernel';
import { ApplicationRepository } from '../adapters/postgres/application-repository.js';
import { PersonReadModel } from '../adapters/postgres/person-read-model.js';
import { RegionModes } from '../adapters/region-modes.js';
import {
  submit,
  type Application,
  type ApplicationKind,
  type Evidence,
  type Guardian,
} from '../domain/application.js';
import { openIn, standingOf } from '../domain/card.js';
import { assertMayApply } from '../domain/conclude.js';
import {
  CardActionNotOpen,
  CardsIssuedAbove,
  NumberIsFormer,
  PersonDiffers,
  PersonNotOnFile,
  PlaceDiffers,
} from '../domain/errors.js';
import { CheckAuthority } from './check-authority.js';

export interface ApplicationForm {
  readonly kind: ApplicationKind;
  readonly identityNumber: string;
  /** Both are checked against what is on file, if given. */
  readonly personId: string | null;
  readonly divisionCode: string | null;
  readonly guardian: Guardian | null;
  /** Who applies for the person: an entry of registry's; null: the person does. */
  readonly onBehalf: string | null;
  readonly materials: readonly Evidence[];
}

const ROLES: readonly Role[] = ['card-officer'];

/** Takes an application in; the applicant is known by the number on the form. */
@Injectable()
export class SubmitApplication {
  constructor(
    private readonly applications: ApplicationRepository,
    private readonly persons: PersonReadModel,
    private readonly regions: RegionModes,
    private readonly authority: CheckAuthority,
    private readonly cipher: ColumnCipher,
    private readonly clock: Clock,
  ) {}

  async run(actor: Actor, form: ApplicationForm): Promise<Application> {
    const identityNumber = identityNumberOf(form.identityNumber);
    const token = this.cipher.blindIndex('identity', identityNumber);
    const person = await this.persons.byToken(lookingWith(actor, 'application:read'), token);
    if (!person) throw new PersonNotOnFile();
    if (person.identityToken !== token) throw new NumberIsFormer();
    const by = actingAs(actor, ROLES, person.divisionCode);
    if (form.personId !== null && form.personId !== person.personId) throw new PersonDiffers();
    if (form.divisionCode !== null && form.divisionCode !== person.divisionCode) throw new PlaceDiffers();
    if (this.regions.of(person.divisionCode) === 'followed') throw new CardsIssuedAbove();
    const onBehalf =
      form.onBehalf === null ? null : await this.authority.run(by, person.personId, form.onBehalf, 'apply');
    const today = this.clock.today();
    return this.applications.add(
      by,
      person.personId,
      identityNumber,
      ({ person: applicant, card, cancelled }) => {
        assertMayApply(form.kind, applicant, { card, cancelled }, today);
        if (card && !openIn[form.kind === 'renewal' ? 'renew' : 'regrade'].includes(standingOf(card))) {
          throw new CardActionNotOpen(form.kind, standingOf(card), ['valid']);
        }
        return submit(
          {
            applicationId: randomUUID(),
            kind: form.kind,
            personId: applicant.personId,
            divisionCode: applicant.divisionCode,
            cardId: card?.cardId ?? null,
            guardian: form.guardian,
            onBehalf,
            materials: form.materials,
          },
          applicant,
          { by: handOf(by), today },
        );
      },
    );
  }
}
