import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { ClocksModule } from '@app/clocks';
import type { Owner } from '@app/contracts';
import { ServiceModule } from '@app/service-host';
import { CaseItems } from './adapters/case-items.js';
import { CaseRepository } from './adapters/postgres/case-repository.js';
import { ProposedStops } from './adapters/postgres/proposed-stops.js';
import { ApplyForCase } from './app/apply-for-case.js';
import { CaseDesk } from './app/case-desk.js';
import { DoStep } from './app/do-step.js';
import { FindCase } from './app/find-case.js';
import { GrantCase } from './app/grant-case.js';
import { HandOverCase } from './app/hand-over-case.js';
import { HoldCases } from './app/hold-cases.js';
import { ListCases } from './app/list-cases.js';
import { OpenCases } from './app/open-cases.js';
import { RecordConsent } from './app/record-consent.js';
import { RecordDecline } from './app/record-decline.js';
import { RefuseCase } from './app/refuse-case.js';
import { ReleaseCase } from './app/release-case.js';
import { ReleaseCases } from './app/release-cases.js';
import { StopCase } from './app/stop-case.js';
import { WaitlistCase } from './app/waitlist-case.js';
import { WithdrawCase } from './app/withdraw-case.js';
import { CaseEffects, NoEffects } from './case-effects.js';
import { RemindOnRung } from './entrypoints/clocks/remind-on-rung.js';
import { caseConsumers } from './entrypoints/consumers/case-consumers.js';
import { caseController } from './entrypoints/http/case-controller.js';

export interface CaseworkOptions {
  /** What the service does beside its cases. Gets its dependencies from `ServiceModule`, the catalogue and `providers`. */
  readonly effects?: Type<CaseEffects>;
  readonly providers?: Provider[];
  /** Default: that of the house. */
  readonly catalogue?: Catalogue;
}

/** The catalogue of the house, read once per process. */
@Module({
  providers: [{ provide: Catalogue, useFactory: () => Catalogue.load() }],
  exports: [Catalogue],
})
class CatalogueModule {}

/** The cases of one service: its items' cases over HTTP, opened, held and released by the facts of the lifecycle. */
@Module({})
export class CaseworkModule {
  static forService(service: Owner, options: CaseworkOptions = {}): DynamicModule {
    return {
      module: CaseworkModule,
      imports: [
        ServiceModule.forService(service),
        ClocksModule.forService(service, { handler: RemindOnRung }),
        ...(options.catalogue ? [] : [CatalogueModule]),
      ],
      controllers: [caseController(service), ...caseConsumers(service)],
      providers: [
        ...(options.catalogue ? [{ provide: Catalogue, useValue: options.catalogue }] : []),
        ...(options.providers ?? []),
        { provide: CaseEffects, useClass: options.effects ?? NoEffects },
        CaseItems,
        CaseRepository,
        ProposedStops,
        CaseDesk,
        OpenCases,
        HoldCases,
        ReleaseCases,
        ListCases,
        FindCase,
        ApplyForCase,
        RecordConsent,
        RecordDecline,
        DoStep,
        GrantCase,
        RefuseCase,
        WaitlistCase,
        HandOverCase,
        WithdrawCase,
        ReleaseCase,
        StopCase,
      ],
      exports: [CaseRepository, CaseItems, ClocksModule],
    };
  }
}
