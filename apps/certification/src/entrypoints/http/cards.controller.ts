import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  identityNumberOf,
  Needs,
  readsAnswer,
  readsRequest,
  unmaskedUntil,
  type Actor,
  type ReadsPage,
} from '@app/access';
import { Clock } from '@app/kernel';
import type { z } from 'zod';
import { ChangeCard } from '../../app/change-card.js';
import { FindCards, type CardEventView, type CardView, type FoundBy } from '../../app/find-cards.js';
import { TakeInCard } from '../../app/take-in-card.js';
import type { Card } from '../../domain/card.js';
import { disabilityOf } from '../../domain/disability.js';
import { DayInFuture, StandardNotMet } from '../../domain/errors.js';
import { Answers } from '@app/platform';
import {
  cardHistory,
  cardList,
  cardStep,
  cardView,
  foundCard,
  revealedOfCard,
  type CardStep,
} from './answers.js';
import { cardActions, cardFilter, cardSearch, idParam, incomingCard, revealCard } from './schemas.js';

/** Cards: looked at with masked numbers, changed each with reason and evidence. */
@Controller('certification')
@ApiTags('certification')
@ApiBearerAuth()
export class CardsController {
  constructor(
    private readonly found: FindCards,
    private readonly change: ChangeCard,
    private readonly takeIn: TakeInCard,
    private readonly clock: Clock,
  ) {}

  /** `proposed=cancellation`: after a death, or an assessment that the standard is not met; `transfer`: after a move away; `renumbering`: the identity number in the card is not the holder's. */
  @Get('cards')
  @Needs('card:read')
  @ApiOperation({ summary: 'Cards in your reach; or those about which somebody must decide' })
  @Answers(cardList)
  list(
    @Query({ schema: cardFilter }) filter: z.infer<typeof cardFilter>,
    @CurrentActor() actor: Actor,
  ): Promise<CardView[]> {
    const { proposed, after, limit } = filter;
    return this.found.list(actor, { proposed: proposed ?? null, after: after ?? null, limit });
  }

  @Post('cards/find')
  @HttpCode(200)
  @Needs('card:read')
  @ApiOperation({
    summary: 'The card that has, or had, this number; or of whoever has, or had, this identity number',
  })
  @Answers(foundCard)
  find(
    @Body({ schema: cardSearch }) search: z.infer<typeof cardSearch>,
    @CurrentActor() actor: Actor,
  ): Promise<CardView & { foundBy: FoundBy }> {
    return 'cardNumber' in search
      ? this.found.byNumber(actor, 'card', search.cardNumber)
      : this.found.byNumber(actor, 'identity', search.identityNumber);
  }

  @Get('cards/:id')
  @Needs('card:read')
  @ApiOperation({ summary: 'A card, with name and number masked' })
  @Answers(cardView)
  show(@Param('id', { schema: idParam }) id: string, @CurrentActor() actor: Actor): Promise<CardView> {
    return this.found.byId(actor, id);
  }

  @Post('cards/:id/reveal')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('card:reveal')
  @ApiOperation({ summary: 'The number in the clear, for a purpose that stands in the file from then on' })
  @Answers(revealedOfCard)
  async reveal(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: revealCard }) { field, purpose }: z.infer<typeof revealCard>,
    @CurrentActor() actor: Actor,
  ) {
    const value = await this.found.reveal(actor, id, purpose);
    return { field, value, until: unmaskedUntil(this.clock.now()) };
  }

  @Get('cards/:id/reads')
  @Needs('card:reads')
  @ApiOperation({ summary: 'Who read the number in the clear, when and for what purpose' })
  @Answers(readsAnswer)
  reads(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: readsRequest }) page: z.infer<typeof readsRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<ReadsPage> {
    return this.found.reads(actor, id, page);
  }

  @Get('cards/:id/history')
  @Needs('card:read')
  @ApiOperation({ summary: 'What happened to a card: who, why, on which evidence' })
  @Answers(cardHistory)
  history(
    @Param('id', { schema: idParam }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<CardEventView[]> {
    return this.found.history(actor, id);
  }

  @Get('persons/:personId/card')
  @Needs('card:read')
  @ApiOperation({ summary: 'The card of a person that is in force, else the newest one' })
  @Answers(cardView)
  ofPerson(
    @Param('personId', { schema: idParam }) personId: string,
    @CurrentActor() actor: Actor,
  ): Promise<CardView> {
    return this.found.ofPerson(actor, personId);
  }

  /** A card that comes in with its holder from another county and is not on file here. */
  @Post('cards/take-in')
  @Needs('card:change')
  @ApiOperation({ summary: 'A card comes in with its holder from another county' })
  @Answers(cardStep, 201)
  async takeInCard(
    @Body({ schema: incomingCard }) body: z.infer<typeof incomingCard>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    return toStep(await this.takeIn.run(actor, body));
  }

  @Post('cards/:id/renew')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Renew it: the same card for another term' })
  @Answers(cardStep)
  async renew(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.renew }) body: z.infer<typeof cardActions.renew>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const on = body.on ?? this.clock.today();
    return toStep(await this.change.run(actor, id, { kind: 'renew', on }, body));
  }

  @Post('cards/:id/regrade')
  @HttpCode(200)
  @Needs('card:regrade')
  @ApiOperation({ summary: 'Another category or grade, after a new assessment' })
  @Answers(cardStep)
  async regrade(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.regrade }) body: z.infer<typeof cardActions.regrade>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    if (body.assessedOn > this.clock.today()) throw new DayInFuture('assessedOn');
    const disability = disabilityOf(body.components);
    if (!disability) throw new StandardNotMet();
    const evidence = [
      ...body.evidence,
      { kind: 'assessment', reference: `${body.institution} ${body.assessedOn}` },
    ];
    return toStep(await this.change.run(actor, id, { kind: 'regrade', disability }, { ...body, evidence }));
  }

  @Post('cards/:id/replace')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Replace one that was lost or damaged' })
  @Answers(cardStep)
  async replace(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.replace }) body: z.infer<typeof cardActions.replace>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    return toStep(await this.change.run(actor, id, { kind: 'replace' }, body));
  }

  /** The identity number in it is not the holder's any more (身份证号变更换证). */
  @Post('cards/:id/renumber')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Its new number, after the identity number of its holder was changed' })
  @Answers(cardStep)
  async renumber(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.renumber }) body: z.infer<typeof cardActions.renumber>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const { note, evidence } = body;
    const identityNumber = identityNumberOf(body.identityNumber);
    const grounding = { reason: 'identity-number', note, evidence };
    return toStep(await this.change.run(actor, id, { kind: 'renumber', identityNumber }, grounding));
  }

  @Post('cards/:id/transfer')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'It goes with its holder to another county, or comes back' })
  @Answers(cardStep)
  async transfer(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.transfer }) body: z.infer<typeof cardActions.transfer>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const grounding = { reason: 'move', note: body.note, evidence: body.evidence };
    return toStep(
      await this.change.run(
        actor,
        id,
        body.direction === 'out'
          ? { kind: 'transfer-out', to: body.to }
          : { kind: 'transfer-in', divisionCode: body.divisionCode },
        grounding,
      ),
    );
  }

  @Post('cards/:id/freeze')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Freeze it: what it carries is held' })
  @Answers(cardStep)
  async freeze(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.freeze }) body: z.infer<typeof cardActions.freeze>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    return toStep(await this.change.run(actor, id, { kind: 'freeze', reason: body.reason }, body));
  }

  @Post('cards/:id/unfreeze')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Lift the freeze: what it had held goes on' })
  @Answers(cardStep)
  async unfreeze(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.unfreeze }) body: z.infer<typeof cardActions.unfreeze>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    return toStep(await this.change.run(actor, id, { kind: 'unfreeze', reason: body.reason }, body));
  }

  @Post('cards/:id/cancel')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'Cancel it, with the reason' })
  @Answers(cardStep)
  async cancel(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.cancel }) body: z.infer<typeof cardActions.cancel>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const effectiveOn = body.effectiveOn ?? this.clock.today();
    return toStep(
      await this.change.run(actor, id, { kind: 'cancel', reason: body.reason, effectiveOn }, body),
    );
  }

  @Post('cards/:id/correct')
  @HttpCode(200)
  @Needs('card:correct')
  @ApiOperation({ summary: 'An issue or a cancellation was a mistake of the office' })
  @Answers(cardStep)
  async correct(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.correct }) body: z.infer<typeof cardActions.correct>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const { withdraws, reason } = body;
    return toStep(await this.change.run(actor, id, { kind: 'correct', withdraws, reason }, body));
  }

  /** The plastic was handed out; it starts nothing. */
  @Post('cards/:id/deliver')
  @HttpCode(200)
  @Needs('card:change')
  @ApiOperation({ summary: 'The card was handed out; it starts nothing' })
  @Answers(cardStep)
  async deliver(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: cardActions.deliver }) body: z.infer<typeof cardActions.deliver>,
    @CurrentActor() actor: Actor,
  ): Promise<CardStep> {
    const deliveredOn = body.deliveredOn ?? this.clock.today();
    return toStep(
      await this.change.run(actor, id, { kind: 'deliver', deliveredOn }, { ...body, reason: null }),
    );
  }
}

function toStep(card: Card): CardStep {
  const { cardId, personId, status, category, grade, issuedOn, validTo, version } = card;
  return { cardId, personId, status, category, grade, issuedOn, validTo, version };
}
