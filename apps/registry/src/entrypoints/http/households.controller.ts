import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import type { z } from 'zod';
import { HouseholdRepository, type Household } from '../../adapters/postgres/household-repository.js';
import { PersonQueries, type PersonLine } from '../../adapters/postgres/person-queries.js';
import { AddHousehold } from '../../app/change-household.js';
import { Answers } from '@app/platform';
import { householdAdded, householdView } from './answers.js';
import { addHouseholdRequest, personId } from './requests.js';

/** Households of the household register. */
@Controller('registry/households')
@ApiTags('registry')
@ApiBearerAuth()
export class HouseholdsController {
  constructor(
    private readonly households: HouseholdRepository,
    private readonly persons: PersonQueries,
    private readonly addHousehold: AddHousehold,
  ) {}

  @Post()
  @Needs('household:register')
  @ApiOperation({ summary: 'Open a household' })
  @Answers(householdAdded, 201)
  add(
    @Body({ schema: addHouseholdRequest }) household: z.infer<typeof addHouseholdRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<Household> {
    return this.addHousehold.run(actor, household);
  }

  @Get(':id')
  @Needs('household:read')
  @ApiOperation({ summary: 'A household with its members' })
  @Answers(householdView)
  async view(
    @Param('id', { schema: personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<Household & { members: PersonLine[] }> {
    const household = await this.households.see(actor, id);
    return { ...household, members: await this.persons.membersOf(actor, id) };
  }
}
