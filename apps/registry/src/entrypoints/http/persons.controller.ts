import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  Needs,
  normaliseReference,
  readsAnswer,
  readsRequest,
  unmaskedUntil,
  type Actor,
  type ReadsPage,
  type Sensitive,
} from '@app/access';
import { Clock } from '@app/kernel';
import type { z } from 'zod';
import {
  PersonQueries,
  type FoundBy,
  type FoundPage,
  type PersonPage,
  type PersonView,
} from '../../adapters/postgres/person-queries.js';
import { PersonRepository } from '../../adapters/postgres/person-repository.js';
import { SecretQueries } from '../../adapters/postgres/secret-queries.js';
import { AddGuardian, EndGuardian } from '../../app/change-guardians.js';
import { CorrectFact, RecordFacts, WithdrawFact, type FactsKnown } from '../../app/change-facts.js';
import { ChangeHousehold } from '../../app/change-household.js';
import { CorrectPerson } from '../../app/correct-person.js';
import { MovePerson } from '../../app/move-person.js';
import { RecordDeath, WithdrawDeath } from '../../app/record-death.js';
import { checkedIdentityNumber, RegisterPerson } from '../../app/register-person.js';
import { Answers } from '@app/platform';
import * as answers from './answers.js';
import * as requests from './requests.js';

type Request<Schema extends z.ZodType> = z.infer<Schema>;

/** Persons: who they are, where they are, what is known of them. */
@Controller('registry')
@ApiTags('registry')
@ApiBearerAuth()
export class PersonsController {
  constructor(
    private readonly persons: PersonQueries,
    private readonly repository: PersonRepository,
    private readonly secrets: SecretQueries,
    private readonly clock: Clock,
    private readonly registerPerson: RegisterPerson,
    private readonly correctPerson: CorrectPerson,
    private readonly recordFacts: RecordFacts,
    private readonly withdrawFact: WithdrawFact,
    private readonly correctFact: CorrectFact,
    private readonly recordDeath: RecordDeath,
    private readonly withdrawDeath: WithdrawDeath,
    private readonly movePerson: MovePerson,
    private readonly changeHousehold: ChangeHousehold,
    private readonly addGuardian: AddGuardian,
    private readonly endGuardian: EndGuardian,
  ) {}

  @Post('persons')
  @Needs('person:register')
  @ApiOperation({ summary: 'Open a file for a person' })
  @Answers(answers.personChanged, 201)
  register(
    @Body({ schema: requests.registerPersonRequest }) person: Request<typeof requests.registerPersonRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number }> {
    return this.registerPerson.run(actor, person);
  }

  /** A POST, because an identity number must not stand in a URL. */
  @Post('persons/find')
  @HttpCode(200)
  @Needs('person:read')
  @ApiOperation({
    summary: 'The file of whoever has, or had, this identity number; or of a temporary reference',
  })
  @Answers(answers.foundPerson)
  find(
    @Body({ schema: requests.findPersonRequest }) request: Request<typeof requests.findPersonRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<PersonView & { foundBy: FoundBy }> {
    if ('temporaryReference' in request) {
      return this.persons.findByReference(actor, normaliseReference(request.temporaryReference));
    }
    const { number } = checkedIdentityNumber(request.identityNumber, this.clock.today());
    return this.persons.findByToken(actor, this.repository.tokenOf(number));
  }

  @Get('persons')
  @Needs('person:read')
  @ApiOperation({ summary: 'Files in your reach with what is known, page by page' })
  @Answers(answers.personPage)
  page(
    @Query({ schema: requests.pageRequest }) range: Request<typeof requests.pageRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<PersonPage> {
    return this.persons.page(actor, { ...range, after: range.after ?? null });
  }

  /** A POST, because a name must not stand in a URL. */
  @Post('persons/search')
  @HttpCode(200)
  @Needs('person:read')
  @ApiOperation({ summary: 'People of a name or its pinyin in your reach, page by page' })
  @Answers(answers.foundPage)
  search(
    @Body({ schema: requests.searchPersonsRequest }) query: Request<typeof requests.searchPersonsRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<FoundPage> {
    return this.persons.search(actor, { ...query, after: query.after ?? null });
  }

  @Post('persons/:id/reveal')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('person:reveal', 'person:reveal-placed')
  @ApiOperation({ summary: 'One field in the clear, for a purpose that stands in the file from then on' })
  @Answers(answers.revealedOfPerson)
  async reveal(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.revealPersonRequest }) reading: Request<typeof requests.revealPersonRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.revealed(reading.field, await this.secrets.ofPerson(actor, id, reading));
  }

  @Post('guardians/:id/reveal')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('person:reveal')
  @ApiOperation({ summary: 'One field of a guardian in the clear; it stands in the file of the ward' })
  @Answers(answers.revealedOfGuardian)
  async revealGuardian(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.revealGuardianRequest }) reading: Request<typeof requests.revealGuardianRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.revealed(reading.field, await this.secrets.ofGuardian(actor, id, reading));
  }

  @Get('persons/:id/reads')
  @Needs('person:reads')
  @ApiOperation({ summary: 'Who read what of the file in the clear, when and for what purpose' })
  @Answers(readsAnswer)
  reads(
    @Param('id', { schema: requests.personId }) id: string,
    @Query({ schema: readsRequest }) page: Request<typeof readsRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<ReadsPage> {
    return this.secrets.reads(actor, id, page);
  }

  @Get('persons/:id')
  @Needs('person:read', 'person:read-placed')
  @ApiOperation({ summary: 'A file, with name and numbers masked' })
  @Answers(answers.personView)
  view(
    @Param('id', { schema: requests.personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<PersonView> {
    return this.persons.view(actor, id);
  }

  @Post('persons/:id/correct')
  @HttpCode(200)
  @Needs('person:correct')
  @ApiOperation({ summary: 'A name was written down wrongly or has changed, or how to reach them' })
  @Answers(answers.personChanged)
  correct(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.correctPersonRequest }) change: Request<typeof requests.correctPersonRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number }> {
    return this.correctPerson.run(actor, id, change);
  }

  @Post('persons/:id/facts')
  @HttpCode(200)
  @Needs('fact:record')
  @ApiOperation({ summary: 'Facts about a person are known' })
  @Answers(answers.factsKnown)
  record(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.recordFactsRequest }) { facts }: Request<typeof requests.recordFactsRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<FactsKnown> {
    return this.recordFacts.run(actor, id, facts);
  }

  @Post('facts/:id/withdraw')
  @HttpCode(200)
  @Needs('fact:withdraw')
  @ApiOperation({ summary: 'A fact is wrong, and nothing is known in its place' })
  @Answers(answers.factsKnown)
  withdraw(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<FactsKnown> {
    return this.withdrawFact.run(actor, id, reason);
  }

  @Post('facts/:id/correct')
  @HttpCode(200)
  @Needs('fact:withdraw')
  @ApiOperation({ summary: 'A fact is wrong, and the right one is known' })
  @Answers(answers.factsKnown)
  correctOne(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.correctFactRequest }) correction: Request<typeof requests.correctFactRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<FactsKnown> {
    return this.correctFact.run(actor, id, correction);
  }

  @Post('persons/:id/death')
  @HttpCode(200)
  @Needs('person:record-death')
  @ApiOperation({ summary: 'The person has died' })
  @Answers(answers.deathRecorded)
  died(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.recordDeathRequest }) death: Request<typeof requests.recordDeathRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number; factId: string }> {
    return this.recordDeath.run(actor, id, death.diedOn, death.source);
  }

  @Post('persons/:id/death/withdraw')
  @HttpCode(200)
  @Needs('person:withdraw-death')
  @ApiOperation({ summary: 'The report of the death was false' })
  @Answers(answers.personChanged)
  lives(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.withdrawRequest }) { reason }: Request<typeof requests.withdrawRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ personId: string; version: number }> {
    return this.withdrawDeath.run(actor, id, reason);
  }

  @Post('persons/:id/move')
  @HttpCode(200)
  @Needs('person:move')
  @ApiOperation({ summary: 'The household registration moved: away, in, or inside the county' })
  @Answers(answers.personMoved)
  move(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.movePersonRequest }) { to, movedOn }: Request<typeof requests.movePersonRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.movePerson.run(actor, id, to, movedOn);
  }

  @Post('persons/:id/household')
  @HttpCode(200)
  @Needs('household:register')
  @ApiOperation({ summary: 'The person belongs to another household, or to none' })
  @Answers(answers.householdChanged)
  household(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.changeHouseholdRequest })
    change: Request<typeof requests.changeHouseholdRequest>,
    @CurrentActor() actor: Actor,
  ) {
    return this.changeHousehold.run(actor, id, change);
  }

  @Post('persons/:id/guardians')
  @Needs('guardian:record')
  @ApiOperation({ summary: 'Somebody is guardian of the person' })
  @Answers(answers.guardianAdded, 201)
  guardian(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.addGuardianRequest }) guardian: Request<typeof requests.addGuardianRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<{ guardianId: string }> {
    return this.addGuardian.run(actor, id, guardian);
  }

  @Post('guardians/:id/end')
  @HttpCode(204)
  @Needs('guardian:record')
  @ApiOperation({ summary: 'A guardianship ends' })
  async guardianEnds(
    @Param('id', { schema: requests.personId }) id: string,
    @Body({ schema: requests.endGuardianRequest }) end: Request<typeof requests.endGuardianRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.endGuardian.run(actor, id, end);
  }

  private revealed<Field extends string>(field: Field, value: Sensitive) {
    return { field, value, until: unmaskedUntil(this.clock.now()) };
  }
}
