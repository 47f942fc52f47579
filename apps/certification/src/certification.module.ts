import { Module } from '@nestjs/common';
import { WorkingCalendar } from '@app/clocks';
import { ServiceModule } from '@app/service-host';
import { ApplicationRepository } from './adapters/postgres/application-repository.js';
import { CardRepository } from './adapters/postgres/card-repository.js';
import { PersonReadModel } from './adapters/postgres/person-read-model.js';
import { RegionModes } from './adapters/postgres/region-modes.js';
import { AdvanceApplication } from './app/advance-application.js';
import { ChangeCard } from './app/change-card.js';
import { FindApplications } from './app/find-applications.js';
import { FindCards } from './app/find-cards.js';
import { SubmitApplication } from './app/submit-application.js';
import { TakeInCard } from './app/take-in-card.js';
import { FollowMoveOnMoved } from './entrypoints/consumers/follow-move-on-moved.js';
import { KnowPersonOnPersonRegistered } from './entrypoints/consumers/know-person-on-person-registered.js';
import { ProposeCancellationOnDeath } from './entrypoints/consumers/propose-cancellation-on-death.js';
import { ApplicationsController } from './entrypoints/http/applications.controller.js';
import { CardsController } from './entrypoints/http/cards.controller.js';

@Module({
  imports: [ServiceModule.forService('certification')],
  controllers: [
    ApplicationsController,
    CardsController,
    KnowPersonOnPersonRegistered,
    ProposeCancellationOnDeath,
    FollowMoveOnMoved,
  ],
  providers: [
    { provide: WorkingCalendar, useFactory: () => WorkingCalendar.load() },
    PersonReadModel,
    RegionModes,
    CardRepository,
    ApplicationRepository,
    SubmitApplication,
    AdvanceApplication,
    ChangeCard,
    TakeInCard,
    FindCards,
    FindApplications,
  ],
})
export class CertificationModule {}
