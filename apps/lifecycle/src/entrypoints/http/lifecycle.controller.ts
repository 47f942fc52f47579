import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import type { z } from 'zod';
import { FindCatalogue } from '../../app/find-catalogue.js';
import { FindChain } from '../../app/find-chain.js';
import { FindMissingFacts } from '../../app/find-missing-facts.js';
import {
  catalogueView,
  missingView,
  roundsView,
  type CatalogueView,
  type MissingView,
  type RoundsView,
} from '../../app/views.js';
import { catalogueQuery, missingQuery, roundsQuery } from './requests.js';

/** A place: its open rounds, what has to be asked there, what is in force there. */
@Controller('lifecycle')
@ApiTags('lifecycle')
@ApiBearerAuth()
export class LifecycleController {
  constructor(
    private readonly findChain: FindChain,
    private readonly findMissingFacts: FindMissingFacts,
    private readonly findCatalogue: FindCatalogue,
  ) {}

  @Get('rounds')
  @Needs('chain:read')
  @ApiOperation({ summary: 'Rounds in your reach, oldest first, with what holds them' })
  @Answers(roundsView)
  rounds(
    @Query({ schema: roundsQuery }) { open, after, limit }: z.infer<typeof roundsQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<RoundsView> {
    return this.findChain.rounds(actor, { open, after: after ?? null, limit });
  }

  @Get('missing-facts')
  @Needs('chain:read')
  @ApiOperation({ summary: 'Facts to be asked for in your reach, once per person, village by village' })
  @Answers(missingView)
  missing(
    @Query({ schema: missingQuery }) { from, to, after, limit }: z.infer<typeof missingQuery>,
    @CurrentActor() actor: Actor,
  ): Promise<MissingView> {
    const [divisionCode, personId] = after?.split('.') ?? [];
    return this.findMissingFacts.run(actor, {
      from,
      to,
      after: divisionCode && personId ? { divisionCode, personId } : null,
      limit,
    });
  }

  /** Policy is public: whoever works here may read it. */
  @Get('catalogue')
  @Needs('catalogue:read')
  @ApiOperation({ summary: 'The items in force in a county, with their sources' })
  @Answers(catalogueView)
  catalogue(@Query({ schema: catalogueQuery }) { division }: z.infer<typeof catalogueQuery>): CatalogueView {
    return this.findCatalogue.run(division);
  }
}
