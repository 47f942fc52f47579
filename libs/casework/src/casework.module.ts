import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { Catalogue } from '@app/catalogue';
import { ClocksModule } from '@app/clocks';
import { FilesModule, type RetainedRecords } from '@app/files';
import type { Owner } from '@app/contracts';
import { personConsumer, PersonFollower } from '@app/messaging';
import { ServiceModule } from '@app/service-host';
import { CaseItems } from './adapters/case-items.js';
import { EscalationItemsOfCatalogue } from './adapters/escalation-items.js';
import { CaseChallenges } from './adapters/postgres/case-challenges.js';
import { CaseAppointments } from './adapters/postgres/case-appointments.js';
import { CaseClaims } from './adapters/postgres/case-claims.js';
import { CaseClocks } from './adapters/postgres/case-clocks.js';
import { CaseDocuments } from './adapters/postgres/case-documents.js';
import { CaseFiles } from './adapters/postgres/case-files.js';
import { CaseMaterials } from './adapters/postgres/case-materials.js';
import { CaseMessages } from './adapters/postgres/case-messages.js';
import { CasePapers } from './adapters/postgres/case-papers.js';
import { CaseRepresentatives } from './adapters/postgres/case-representatives.js';
import { CaseSignatures } from './adapters/postgres/case-signatures.js';
import { CasePersons } from './adapters/postgres/case-persons.js';
import { CaseRepository } from './adapters/postgres/case-repository.js';
import { caseStanding } from './adapters/postgres/case-standing.js';
import { RetainedMessages } from './adapters/postgres/retained-messages.js';
import { KnownPapers } from './adapters/postgres/known-papers.js';
import { ProposedStops } from './adapters/postgres/proposed-stops.js';
import { ApplyForCase } from './app/apply-for-case.js';
import { AskForPapers } from './app/ask-for-papers.js';
import { CaseDesk } from './app/case-desk.js';
import { CitizenMessages } from './app/citizen-messages.js';
import { ChallengeCase } from './app/challenge-case.js';
import { ClaimCase } from './app/claim-case.js';
import { DoStep } from './app/do-step.js';
import { CasePersonFollower } from './app/follow-persons.js';
import { FindCase } from './app/find-case.js';
import { GrantCase } from './app/grant-case.js';
import { HandOverCase } from './app/hand-over-case.js';
import { HoldCases } from './app/hold-cases.js';
import { ListCases } from './app/list-cases.js';
import { MakeAppointment } from './app/make-appointment.js';
import { FindDocuments } from './app/find-documents.js';
import { ListUnserved } from './app/list-unserved.js';
import { MoveTerm } from './app/move-term.js';
import { OpenCases } from './app/open-cases.js';
import { OpenMaterial } from './app/open-material.js';
import { OutsideDecisions } from './app/outside-decisions.js';
import { PersonTerms } from './app/person-terms.js';
import { PlaceCase } from './app/place-case.js';
import { RecordConsent } from './app/record-consent.js';
import { RecordDecline } from './app/record-decline.js';
import { RefuseCase } from './app/refuse-case.js';
import { ReleaseCase } from './app/release-case.js';
import { ReleaseCases } from './app/release-cases.js';
import { RepresentativeAuthority } from './app/representative-authority.js';
import { ServeDocument } from './app/serve-document.js';
import { SignForPerson } from './app/sign-for-person.js';
import { StopCase } from './app/stop-case.js';
import { TakeMaterial } from './app/take-material.js';
import { TakeOverCases } from './app/take-over-cases.js';
import { TellCases } from './app/tell-cases.js';
import { WaitlistCase } from './app/waitlist-case.js';
import { WithdrawCase } from './app/withdraw-case.js';
import { CaseEffects, NoEffects } from './case-effects.js';
import { RemindOnRung } from './entrypoints/clocks/remind-on-rung.js';
import { caseConsumers } from './entrypoints/consumers/case-consumers.js';
import { messageConsumers } from './entrypoints/consumers/message-consumers.js';
import { appointmentController } from './entrypoints/http/appointment-controller.js';
import { caseController } from './entrypoints/http/case-controller.js';
import { twinController } from './entrypoints/http/twin-controller.js';
import { termController } from './entrypoints/http/term-controller.js';
import { toldController } from './entrypoints/http/told-controller.js';
import { challengeController } from './entrypoints/http/challenge-controller.js';
import { documentController } from './entrypoints/http/document-controller.js';

export interface CaseworkOptions {
  /** What the service does beside its cases. Gets its dependencies from `ServiceModule`, the catalogue and `providers`. */
  readonly effects?: Type<CaseEffects>;
  readonly providers?: Provider[];
  /** Where the service has clocks of its own beside those of its cases. Default: the cases' alone. */
  readonly handler?: Type<RemindOnRung>;
  /** Where the service keeps more of a person than its cases. Default: the cases' alone. */
  readonly persons?: Type<CasePersonFollower>;
  /** Where the service has records of its own with a period, beside its cases' papers and messages. */
  readonly records?: readonly Type<RetainedRecords>[];
  /** Default: that of the house. */
  readonly catalogue?: Catalogue;
}

/** The catalogue of the house, read once per process. */
@Module({
  providers: [{ provide: Catalogue, useFactory: () => Catalogue.load() }],
  exports: [Catalogue],
})
class CatalogueModule {}

function catalogueOf({ catalogue }: CaseworkOptions): Provider[] {
  return catalogue ? [{ provide: Catalogue, useValue: catalogue }] : [];
}

/** The cases of one service: its items' cases over HTTP, opened, held and released by the facts of the lifecycle. */
@Module({})
export class CaseworkModule {
  static forService(service: Owner, options: CaseworkOptions = {}): DynamicModule {
    return {
      module: CaseworkModule,
      imports: [
        ServiceModule.forService(service),
        FilesModule.forService(service, caseStanding, [RetainedMessages, ...(options.records ?? [])]),
        ClocksModule.forService(service, {
          handler: options.handler ?? RemindOnRung,
          escalation: EscalationItemsOfCatalogue,
          // What a rung tells the person is written where the rung is claimed.
          ...(options.catalogue ? {} : { imports: [CatalogueModule] }),
          providers: [...catalogueOf(options), CaseItems, CaseMessages, CitizenMessages],
        }),
        ...(options.catalogue ? [] : [CatalogueModule]),
      ],
      controllers: [
        caseController(service),
        termController(service),
        documentController(service),
        challengeController(service),
        appointmentController(service),
        twinController(service),
        toldController(service),
        personConsumer(service),
        ...caseConsumers(service),
        ...messageConsumers(service),
      ],
      providers: [
        ...catalogueOf(options),
        ...(options.providers ?? []),
        { provide: CaseEffects, useClass: options.effects ?? NoEffects },
        { provide: PersonFollower, useClass: options.persons ?? CasePersonFollower },
        CaseItems,
        CaseRepository,
        CaseChallenges,
        CaseClaims,
        CaseDocuments,
        CaseClocks,
        CaseFiles,
        CaseMaterials,
        CasePapers,
        CaseMessages,
        CaseAppointments,
        CitizenMessages,
        MakeAppointment,
        CasePersons,
        CaseRepresentatives,
        CaseSignatures,
        RepresentativeAuthority,
        SignForPerson,
        KnownPapers,
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
        PlaceCase,
        ClaimCase,
        TakeMaterial,
        TakeOverCases,
        TellCases,
        OutsideDecisions,
        MoveTerm,
        AskForPapers,
        OpenMaterial,
        PersonTerms,
        ServeDocument,
        ListUnserved,
        FindDocuments,
        ChallengeCase,
      ],
      exports: [
        CaseRepository,
        CaseItems,
        TakeOverCases,
        OutsideDecisions,
        CaseRepresentatives,
        RepresentativeAuthority,
        ClocksModule,
        options.catalogue ? Catalogue : CatalogueModule,
      ],
    };
  }
}
