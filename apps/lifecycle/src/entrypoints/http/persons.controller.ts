import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { FindChain } from '../../app/find-chain.js';
import { FindTable } from '../../app/find-table.js';
import {
  chainView,
  decisionsView,
  explanationView,
  personMissingView,
  tableView,
  type ChainView,
  type DecisionsView,
  type ExplanationView,
  type PersonMissingView,
  type TableView,
} from '../../app/views.js';
import { explainQuery, personId } from './requests.js';

/** One person: the chain, the table, and why. */
@Controller('lifecycle/persons/:personId')
@ApiTags('lifecycle: persons')
@ApiBearerAuth()
@Needs('chain:read')
export class PersonsController {
  constructor(
    private readonly findChain: FindChain,
    private readonly findTable: FindTable,
  ) {}

  @Get('chain')
  @ApiOperation({ summary: 'The rounds of the person’s chain, their items, and what holds each' })
  @Answers(chainView)
  chain(
    @Param('personId', { schema: personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<ChainView> {
    return this.findChain.ofPerson(actor, id);
  }

  @Get('table')
  @ApiOperation({ summary: 'Every item in force with its outcome and reasons, and what the person has' })
  @Answers(tableView)
  table(
    @Param('personId', { schema: personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<TableView> {
    return this.findTable.table(actor, id);
  }

  @Get('missing-facts')
  @ApiOperation({ summary: 'What has to be asked, each fact once, with the items that wait for it' })
  @Answers(personMissingView)
  missing(
    @Param('personId', { schema: personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<PersonMissingView> {
    return this.findTable.missing(actor, id);
  }

  @Get('explain')
  @ApiOperation({ summary: 'Why an item came out as it did, step by step' })
  @Answers(explanationView)
  explain(
    @Param('personId', { schema: personId }) id: string,
    @Query({ schema: explainQuery }) { item }: z.infer<typeof explainQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<ExplanationView> {
    return this.findTable.explain(actor, id, item);
  }

  @Get('decisions')
  @ApiOperation({ summary: 'Every decision that changed an outcome, newest first' })
  @Answers(decisionsView)
  decisions(
    @Param('personId', { schema: personId }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<DecisionsView> {
    return this.findTable.decisions(actor, id);
  }
}
