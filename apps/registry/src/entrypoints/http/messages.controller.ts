import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CurrentActor, Needs, type Actor } from '@app/access';
import { Answers } from '@app/platform';
import { z } from 'zod';
import { ContactPreferences, type ContactView } from '../../adapters/postgres/contact-preferences.js';
import {
  MessageQueries,
  type LetterPage,
  type MessageView,
} from '../../adapters/postgres/message-queries.js';
import { DeliverLetters, type LetterDone } from '../../app/deliver-letters.js';
import { letterSheet } from './letter-sheet.js';
import * as schemas from './message-schemas.js';
import { personId } from './requests.js';

/** How people are told, what they were told, and the letters that wait to be handed over. */
@Controller('registry')
@ApiTags('registry')
@ApiBearerAuth()
export class MessagesController {
  constructor(
    private readonly contacts: ContactPreferences,
    private readonly messages: MessageQueries,
    private readonly letters: DeliverLetters,
  ) {}

  @Get('persons/:id/contact')
  @Needs('person:read')
  @ApiOperation({ summary: 'How the person wants to be told, and the way that a message takes today' })
  @Answers(schemas.contactView)
  contact(@Param('id', { schema: personId }) id: string, @CurrentActor() actor: Actor): Promise<ContactView> {
    return this.contacts.of(actor, id);
  }

  @Post('persons/:id/contact')
  @HttpCode(200)
  @Needs('contact:record')
  @ApiOperation({ summary: 'The person wants a text, a call or a letter; or a guardian to be told' })
  @Answers(schemas.contactView)
  setContact(
    @Param('id', { schema: personId }) id: string,
    @Body({ schema: schemas.contactRequest }) request: z.infer<typeof schemas.contactRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<ContactView> {
    return this.contacts.set(actor, id, request);
  }

  @Get('persons/:id/messages')
  @Needs('person:read')
  @ApiOperation({ summary: 'What the person was told about the cases that you may look at, newest first' })
  @Answers(z.array(schemas.messageView))
  ofPerson(
    @Param('id', { schema: personId }) id: string,
    @Query({ schema: schemas.messagesRequest }) { limit }: z.infer<typeof schemas.messagesRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<MessageView[]> {
    return this.messages.ofPerson(actor, id, limit);
  }

  @Get('letters')
  @Needs('letter:deliver')
  @ApiOperation({ summary: 'Letters of your villages that wait to be printed and handed over' })
  @Answers(schemas.letterPage)
  page(
    @Query({ schema: schemas.lettersRequest }) range: z.infer<typeof schemas.lettersRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<LetterPage> {
    return this.messages.letters(actor, { ...range, after: range.after ?? null });
  }

  @Get('letters/:id/sheet')
  @Needs('letter:deliver')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  @Header('cache-control', 'no-store')
  @ApiProduces('text/html')
  @ApiOperation({ summary: 'A letter as a page to be printed, in large type' })
  async sheet(@Param('id', { schema: personId }) id: string, @CurrentActor() actor: Actor): Promise<string> {
    return letterSheet(await this.messages.letter(actor, id));
  }

  @Post('letters/:id/handed-over')
  @HttpCode(200)
  @Needs('letter:deliver')
  @ApiOperation({ summary: 'You gave the letter to whom it is for' })
  @Answers(schemas.letterDone)
  handedOver(
    @Param('id', { schema: personId }) id: string,
    @Body({ schema: schemas.handedOverRequest }) request: z.infer<typeof schemas.handedOverRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<LetterDone> {
    return this.letters.handOver(actor, id, request.on ?? null, request.note ?? null);
  }

  @Post('letters/:id/undeliverable')
  @HttpCode(200)
  @Needs('letter:deliver')
  @ApiOperation({ summary: 'Nobody could be found to give the letter to' })
  @Answers(schemas.letterDone)
  undeliverable(
    @Param('id', { schema: personId }) id: string,
    @Body({ schema: schemas.undeliverableRequest }) request: z.infer<typeof schemas.undeliverableRequest>,
    @CurrentActor() actor: Actor,
  ): Promise<LetterDone> {
    return this.letters.undeliverable(actor, id, request.on ?? null, request.reason);
  }
}
