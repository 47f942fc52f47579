import { Controller } from '@nestjs/common';
import type { Envelope } from '@app/contracts';
import { OnEvents, type Slice } from '@app/messaging';
import { DecidePersons } from '../../app/decide-persons.js';
import { factsOfAFile, stopFactsOfAFile } from '../../domain/learn.js';

/**
 * Keeps what registry and certification say of a person, and decides the person anew from all of it. One consumer for all of
 * these facts: a slice that brings a person, their facts and their card decides them once.
 */
@Controller()
export class DecideOnFacts {
  constructor(private readonly persons: DecidePersons) {}

  @OnEvents({
    service: 'lifecycle',
    name: 'decide-on-facts',
    events: factsOfAFile,
    stopFacts: stopFactsOfAFile,
  })
  handle(events: readonly Envelope[], { tx }: Slice): Promise<void> {
    return this.persons.onFacts(tx, events);
  }
}
