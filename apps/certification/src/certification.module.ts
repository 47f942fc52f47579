import { Module, type Provider } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { CaseworkModule } from '@app/casework';
import { ServiceModule } from '@app/service-host';
import { ApplicationRepository } from './adapters/postgres/application-repository.js';
import { CardImports } from './adapters/postgres/card-imports.js';
import { CardRepository } from './adapters/postgres/card-repository.js';
import { FollowedPersons } from './adapters/postgres/followed-persons.js';
import { ForgetBadRows } from './adapters/postgres/forget-bad-rows.js';
import { PersonReadModel } from './adapters/postgres/person-read-model.js';
import { RegionModes } from './adapters/region-modes.js';
import { AdvanceApplication } from './app/advance-application.js';
import { ChangeCard } from './app/change-card.js';
import { CheckAuthority } from './app/check-authority.js';
import { FindApplications } from './app/find-applications.js';
import { FindCards } from './app/find-cards.js';
import { FindImport } from './app/find-import.js';
import { ImportCards } from './app/import-cards.js';
import { SubmitApplication } from './app/submit-application.js';
import { TakeInCard } from './app/take-in-card.js';
import { TellOfRenewal } from './app/tell-of-renewal.js';
import { RemindOfApplication } from './entrypoints/clocks/remind-of-application.js';
import { FollowMoveOnMoved } from './entrypoints/consumers/follow-move-on-moved.js';
import { KnowFormerNumberOnNumberChanged } from './entrypoints/consumers/know-former-number-on-number-changed.js';
import { KnowPersonOnPersonRegistered } from './entrypoints/consumers/know-person-on-person-registered.js';
import { ProposeCancellationOnDeath } from './entrypoints/consumers/propose-cancellation-on-death.js';
import { ApplicationsController } from './entrypoints/http/applications.controller.js';
import { CardsController } from './entrypoints/http/cards.controller.js';
import { ImportsController } from './entrypoints/http/imports.controller.js';

/** The parts of certification. @param catalogue default: that of the house */
export function certificationParts(catalogue?: Catalogue) {
  return {
    imports: [
      ServiceModule.forService('certification'),
      CaseworkModule.forService('certification', {
        handler: RemindOfApplication,
        effects: TellOfRenewal,
        persons: FollowedPersons,
        ...(catalogue ? { catalogue } : {}),
      }),
    ],
    controllers: [
      ApplicationsController,
      CardsController,
      ImportsController,
      KnowPersonOnPersonRegistered,
      KnowFormerNumberOnNumberChanged,
      ProposeCancellationOnDeath,
      FollowMoveOnMoved,
    ],
    providers: [
      { provide: Catalogue, useFactory: () => catalogue ?? Catalogue.load() },
      PersonReadModel,
      RegionModes,
      CardRepository,
      CardImports,
      ForgetBadRows,
      ApplicationRepository,
      CheckAuthority,
      SubmitApplication,
      AdvanceApplication,
      ChangeCard,
      TakeInCard,
      FindCards,
      FindApplications,
      ImportCards,
      FindImport,
    ] as Provider[],
  };
}

/** Disability cards from the application to the cancellation, and the cases of the items that certification owns. */
@Module(certificationParts())
export class CertificationModule {}
