import {
  cardCancelledV1,
  cardCorrectedV1,
  cardDeliveredV1,
  cardFrozenV1,
  cardIssuedV1,
  cardRegradedV1,
  cardRenewedV1,
  cardRenumberedV1,
  cardReplacedV1,
  cardTakenOverV1,
  cardTransferredV1,
  cardUnfrozenV1,
  deathRecordedV1,
  deathWithdrawnV1,
  factRecordedV1,
  factWithdrawnV1,
  movedAwayV1,
  movedInV1,
  personRegisteredV1,
  type Envelope,
  type EventDefinition,
  type RoundCause,
} from '@app/contracts';
import { shanghaiDay } from '@app/kernel';
import type { Cause, Ground } from './cause.js';
import type { KeptCard, KeptFact, PersonFile } from './person-file.js';

/** What a fact changes in a person's file, and what it is a cause of. */
export interface Learnt {
  readonly file: PersonFile;
  readonly cause: Cause;
}

type Learner = (file: PersonFile, envelope: Envelope) => Learnt | null;

/**
 * Takes a fact into a person's file.
 * @returns null for a fact that the file has passed: nothing is to be decided
 */
export function learn(file: PersonFile, envelope: Envelope): Learnt | null {
  const learner = learners.get(envelope.type);
  if (!learner) throw new Error(`${envelope.type} is not among the facts that a file is kept from`);
  return learner(file, envelope);
}

function on<Data>(
  event: EventDefinition<Data>,
  take: (file: PersonFile, data: Data, envelope: Envelope) => Learnt | null,
): [string, Learner] {
  return [event.type, (file, envelope) => take(file, envelope.data as Data, envelope)];
}

function causeOf(
  envelope: Envelope,
  cause: RoundCause,
  round: Cause['round'],
  { causedOn, undoes = null }: { causedOn?: string; undoes?: Ground | null } = {},
): Cause {
  return {
    cause,
    key: envelope.id,
    causedOn: causedOn ?? shanghaiDay(new Date(envelope.time)),
    at: new Date(envelope.time).toISOString(),
    round,
    undoes,
    message: { id: envelope.id, traceparent: envelope.traceparent },
    by: envelope.actor,
  };
}

const registered = on(personRegisteredV1, (file, data, envelope) => {
  const { versions } = file;
  const newer = data.version > versions.identity;
  const moved = data.version > versions.place;
  if (!newer && !moved) return null;
  return {
    file: {
      ...file,
      ...(newer ? { birthDate: data.birthDate, sex: data.sex, householdId: data.householdId } : {}),
      ...(moved ? { divisionCode: data.divisionCode } : {}),
      versions: {
        ...versions,
        ...(newer ? { identity: data.version } : {}),
        ...(moved ? { place: data.version } : {}),
      },
    },
    cause: causeOf(envelope, 'fact-changed', 'if-planned'),
  };
});

const recorded = on(factRecordedV1, (file, data, envelope) => {
  const news = data.facts.filter((fact) => data.version > (file.facts[fact.name]?.version ?? 0));
  if (news.length === 0) return null;
  const facts: Record<string, KeptFact> = { ...file.facts };
  for (const { source, ...fact } of news) {
    facts[fact.name] = {
      ...fact,
      withdrawn: false,
      version: data.version,
      origin: { source, by: envelope.actor },
    };
  }
  const today = shanghaiDay(new Date(envelope.time));
  // Of a fact that holds since an earlier day, what it changes counts from that day.
  const since = news.map((fact) => fact.validFrom ?? fact.source.asOf).reduce((a, b) => (a > b ? a : b));
  return {
    file: { ...file, facts },
    cause: causeOf(envelope, 'fact-changed', 'if-planned', {
      causedOn: since < today ? since : today,
      undoes: news.some((fact) => fact.source.kind === 'correction') ? 'facts' : null,
    }),
  };
});

const withdrawn = on(factWithdrawnV1, (file, data, envelope) => {
  const news = data.withdrawn.filter(({ name }) => data.version > (file.facts[name]?.version ?? 0));
  if (news.length === 0) return null;
  const facts: Record<string, KeptFact> = { ...file.facts };
  for (const { factId, name } of news) {
    const kept = file.facts[name];
    facts[name] = {
      factId,
      name,
      // What was wrong is remembered: what rests on it has lost its basis.
      value: kept?.factId === factId ? kept.value : null,
      validFrom: null,
      validTo: null,
      withdrawn: true,
      version: data.version,
      origin: { source: null, by: envelope.actor },
    };
  }
  return {
    file: { ...file, facts },
    cause: causeOf(envelope, 'fact-changed', 'if-planned', { undoes: 'facts' }),
  };
});

const died = on(deathRecordedV1, (file, data, envelope) =>
  data.version > file.versions.death
    ? {
        file: { ...file, diedOn: data.diedOn, versions: { ...file.versions, death: data.version } },
        cause: causeOf(envelope, 'death', 'with-chain', { causedOn: data.diedOn }),
      }
    : null,
);

const lives = on(deathWithdrawnV1, (file, data, envelope) =>
  data.version > file.versions.death
    ? {
        file: { ...file, diedOn: null, versions: { ...file.versions, death: data.version } },
        cause: causeOf(envelope, 'death-withdrawn', 'with-chain', { undoes: 'death' }),
      }
    : null,
);

const movedAway = on(movedAwayV1, (file, data, envelope) =>
  data.version > file.versions.presence
    ? {
        file: { ...file, movedAwayOn: data.movedOn, versions: { ...file.versions, presence: data.version } },
        cause: causeOf(envelope, 'moved-away', 'with-chain', { causedOn: data.movedOn }),
      }
    : null,
);

const movedIn = on(movedInV1, (file, data, envelope) => {
  const { versions } = file;
  const present = data.version > versions.presence;
  const placed = data.version > versions.place;
  if (!present && !placed) return null;
  return {
    file: {
      ...file,
      ...(present ? { movedAwayOn: null } : {}),
      ...(placed ? { divisionCode: data.to } : {}),
      versions: {
        ...versions,
        ...(present ? { presence: data.version } : {}),
        ...(placed ? { place: data.version } : {}),
      },
    },
    cause: causeOf(envelope, 'moved-in', 'if-planned', { causedOn: data.movedOn }),
  };
});

type CardData = Omit<KeptCard, 'cancelledOn' | 'left' | 'takenOverAt' | 'by'> & {
  readonly origin: 'issued-here' | 'followed' | 'taken-over';
};

/** Every card fact carries the whole card; they differ in what they are a cause of. */
function ofCard<Data extends CardData>(
  event: EventDefinition<Data>,
  cause: (
    data: Data,
    envelope: Envelope,
  ) => Pick<Cause, 'cause' | 'round'> & { causedOn?: string; undoes?: Ground | null },
  also: (data: Data, envelope: Envelope) => Partial<KeptCard> = () => ({}),
): [string, Learner] {
  return on(event, (file, data, envelope) => {
    const kept = file.cards[data.cardId];
    if (kept && data.version <= kept.version) return null;
    const card: KeptCard = {
      cardId: data.cardId,
      version: data.version,
      status: data.status,
      category: data.category,
      grade: data.grade,
      components: data.components,
      issuedOn: data.issuedOn,
      validTo: data.validTo,
      cancelledOn: data.status === 'cancelled' ? (kept?.cancelledOn ?? null) : null,
      left: false,
      takenOverAt:
        kept?.takenOverAt ?? (data.origin === 'taken-over' ? new Date(envelope.time).toISOString() : null),
      by: envelope.actor,
      ...also(data, envelope),
    };
    const { cause: name, round, ...rest } = cause(data, envelope);
    return {
      file: { ...file, cards: { ...file.cards, [card.cardId]: card } },
      cause: causeOf(envelope, name, round, rest),
    };
  });
}

const learners = new Map<string, Learner>([
  registered,
  recorded,
  withdrawn,
  died,
  lives,
  movedAway,
  movedIn,
  ofCard(cardIssuedV1, ({ issuedOn }) => ({ cause: 'card-issued', round: 'always', causedOn: issuedOn })),
  ofCard(cardTakenOverV1, () => ({ cause: 'fact-changed', round: 'taken-over' })),
  ofCard(cardRenewedV1, () => ({ cause: 'card-renewed', round: 'always' })),
  ofCard(cardRegradedV1, () => ({ cause: 'card-regraded', round: 'always' })),
  ofCard(cardRenumberedV1, () => ({ cause: 'fact-changed', round: 'if-planned' })),
  ofCard(cardReplacedV1, () => ({ cause: 'fact-changed', round: 'if-planned' })),
  ofCard(cardDeliveredV1, () => ({ cause: 'fact-changed', round: 'if-planned' })),
  ofCard(
    cardTransferredV1,
    ({ direction }) =>
      direction === 'in'
        ? { cause: 'moved-in', round: 'always' }
        : { cause: 'card-stopped', round: 'with-chain' },
    ({ direction }) => ({ left: direction === 'out' }),
  ),
  ofCard(cardFrozenV1, () => ({ cause: 'card-stopped', round: 'with-chain' })),
  // The contract has no cause of its own for a lifted freeze: the card is put right.
  ofCard(cardUnfrozenV1, () => ({ cause: 'card-corrected', round: 'always', undoes: 'card' })),
  ofCard(
    cardCancelledV1,
    ({ effectiveOn }) => ({ cause: 'card-stopped', round: 'with-chain', causedOn: effectiveOn }),
    ({ effectiveOn }) => ({ cancelledOn: effectiveOn }),
  ),
  ofCard(cardCorrectedV1, ({ withdraws }) => ({
    cause: 'card-corrected',
    round: 'always',
    undoes: withdraws === 'cancellation' ? 'card' : null,
  })),
]);

/** The facts that a file is kept from. */
export const factsOfAFile: readonly EventDefinition[] = [
  personRegisteredV1,
  factRecordedV1,
  factWithdrawnV1,
  deathRecordedV1,
  deathWithdrawnV1,
  movedAwayV1,
  movedInV1,
  cardIssuedV1,
  cardTakenOverV1,
  cardRenewedV1,
  cardRegradedV1,
  cardRenumberedV1,
  cardReplacedV1,
  cardTransferredV1,
  cardFrozenV1,
  cardUnfrozenV1,
  cardCancelledV1,
  cardCorrectedV1,
  cardDeliveredV1,
];

/** Of these, the ones after which benefits must not run on: they overtake what is parked of the same person. */
export const stopFactsOfAFile: readonly EventDefinition[] = [
  deathRecordedV1,
  movedAwayV1,
  cardFrozenV1,
  cardCancelledV1,
];
