import { normaliseNumber, identityFault, identityNumberOf } from '@app/access';
import { eventOfType, disabilityCategories, type DisabilityGrade } from '@app/contracts';
import fc from 'fast-check';
import { addMonths, addYears, ageOn } from './calendar-day.js';
import { cardNumberFault, readCardNumber, writeCardNumber } from './card-number.js';
import {
  act,
  issue,
  openIn,
  standingOf,
  takeOn,
  type Card,
  type CardAction,
  type CardActionKind,
} from './card.js';
import { CategoryRepeated, disabilityOf, type Component } from './disability.js';
import { CardActionNotOpen, NothingChanges, NumberFits, RenewalTooEarly } from './errors.js';

// 338801 is the invented demo county.
const IDENTITY = '338801198005170018';
const OTHER_IDENTITY = '33880119800517000X';
const today = '2026-03-02';

describe('an identity number', () => {
  it.each([
    ['33880119800517001', 'length'],
    ['3388011980051700l8', 'characters'],
    ['338801198002300019', 'birth-date'],
    ['338801198005170019', 'check-digit'],
  ])('%s is refused for its %s', (number, fault) => expect(identityFault(number)).toBe(fault));

  it('fits its check digit, X included', () => {
    expect(identityFault(IDENTITY)).toBeNull();
    expect(identityFault(OTHER_IDENTITY)).toBeNull();
  });

  it('is read as people type it, and never quoted when it is wrong', () => {
    expect(identityNumberOf(' 338801 19800517 000x')).toBe(OTHER_IDENTITY);
    expect(normaliseNumber('３３８８０１')).toBe('338801');
    expect(() => identityNumberOf('338801198005170019')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('3388') }),
    );
  });
});

describe('a card number', () => {
  it('is the identity number, the category digit and the grade digit', () => {
    const number = { identityNumber: IDENTITY, replacement: 0 } as const;
    expect(writeCardNumber({ ...number, category: 'visual', grade: 1 })).toBe(`${IDENTITY}11`);
    expect(writeCardNumber({ ...number, category: 'physical', grade: 3 })).toBe(`${IDENTITY}43`);
    expect(writeCardNumber({ ...number, category: 'multiple', grade: 4 })).toBe(`${IDENTITY}74`);
  });

  it('is written with B{n} for the n-th replacement and read in all three forms', () => {
    expect(readCardNumber(`${IDENTITY}43B`)?.replacement).toBe(1);
    expect(readCardNumber(`${IDENTITY}43B1`)?.replacement).toBe(1);
    expect(readCardNumber(`${IDENTITY}43b2`)?.replacement).toBe(2);
    expect(readCardNumber(`${IDENTITY}43B0`)).toBeNull();
    expect(readCardNumber(`${IDENTITY}53`)).toMatchObject({
      category: 'intellectual',
      grade: 3,
      replacement: 0,
    });
  });

  it.each([
    [`${IDENTITY}4`],
    [`${IDENTITY}83`],
    [`${IDENTITY}45`],
    [`${IDENTITY}40`],
    [`${IDENTITY}43C1`],
    [''],
  ])('%s is no card number', (text) => expect(readCardNumber(text)).toBeNull());

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(IDENTITY, OTHER_IDENTITY),
        fc.constantFrom(...disabilityCategories),
        fc.constantFrom<DisabilityGrade>(1, 2, 3, 4),
        fc.nat(30),
        (identityNumber, category, grade, replacement) => {
          const number = { identityNumber, category, grade, replacement };
          expect(readCardNumber(writeCardNumber(number))).toEqual(number);
        },
      ),
    );
  });

  it('must fit the identity number, category and grade beside it', () => {
    const beside = { identityNumber: IDENTITY, category: 'physical', grade: 3 } as const;
    expect(cardNumberFault(`${IDENTITY}43B2`, beside)).toBeNull();
    expect(cardNumberFault('43', beside)).toBe('shape');
    expect(cardNumberFault('33880119800517001943', beside)).toBe('identity-number');
    expect(cardNumberFault(`${OTHER_IDENTITY}43`, beside)).toBe('identity-differs');
    expect(cardNumberFault(`${IDENTITY}33`, beside)).toBe('category-differs');
    expect(cardNumberFault(`${IDENTITY}42`, beside)).toBe('grade-differs');
  });
});

describe('a calendar day', () => {
  it('falls on the last day of a month that lacks it', () => {
    expect(addYears('2024-02-29', 10)).toBe('2034-02-28');
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(addMonths('2026-01-15', -12)).toBe('2025-01-15');
  });

  it('makes a person older on the birthday, not before', () => {
    expect(ageOn('2008-03-02', '2026-03-01')).toBe(17);
    expect(ageOn('2008-03-02', '2026-03-02')).toBe(18);
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
  });
});

describe('a disability', () => {
  it('is multiple with the grade of the heaviest, and keeps its components', () => {
    const components: Component[] = [
      { category: 'mental', grade: 3 },
      { category: 'visual', grade: 2 },
    ];
    expect(disabilityOf(components)).toEqual({ category: 'multiple', grade: 2, components });
    expect(disabilityOf(components.slice(0, 1))).toMatchObject({ category: 'mental', grade: 3 });
    expect(disabilityOf([])).toBeNull();
  });

  it('has each category once', () => {
    expect(() =>
      disabilityOf([
        { category: 'mental', grade: 3 },
        { category: 'mental', grade: 2 },
      ]),
    ).toThrow(CategoryRepeated);
  });
});

describe('a card', () => {
  const physical3 = disabilityOf([{ category: 'physical', grade: 3 }])!;
  const fresh = (): Card =>
    issue({
      cardId: '00000000-0000-4000-8000-000000000001',
      personId: '00000000-0000-4000-8000-000000000002',
      divisionCode: '338801001001',
      identityNumber: IDENTITY,
      disability: physical3,
      issuedOn: '2017-01-10',
    }).state;

  const kinds = Object.keys(openIn) as CardActionKind[];
  const grades = fc.constantFrom<DisabilityGrade>(1, 2, 3, 4);
  const action: fc.Arbitrary<CardAction> = fc.oneof(
    fc.constant<CardAction>({ kind: 'renew', on: today }),
    grades.map((grade): CardAction => ({
      kind: 'regrade',
      disability: disabilityOf([{ category: 'speech', grade }])!,
    })),
    fc.constant<CardAction>({ kind: 'replace' }),
    fc.constant<CardAction>({ kind: 'transfer-out', to: '330302001001' }),
    fc.constant<CardAction>({ kind: 'transfer-in', divisionCode: '338801002001' }),
    fc.constant<CardAction>({ kind: 'freeze', reason: 'in-doubt' }),
    fc.constant<CardAction>({ kind: 'unfreeze', reason: 'settled' }),
    fc.constant<CardAction>({ kind: 'cancel', reason: 'wish', effectiveOn: today }),
    fc
      .constantFrom('issue' as const, 'cancellation' as const)
      .map((withdraws): CardAction => ({ kind: 'correct', withdraws, reason: 'entry-error' })),
    fc
      .constantFrom(IDENTITY, OTHER_IDENTITY)
      .map((identityNumber): CardAction => ({ kind: 'renumber', identityNumber })),
    fc.constant<CardAction>({ kind: 'deliver', deliveredOn: today }),
    fc.constant<CardAction>({ kind: 'find-standard-not-met', assessedOn: today }),
  );

  it('keeps what must hold through whatever is done to it, and refuses what its standing does not allow', () => {
    const seen = new Set<CardActionKind>();
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
        let card = fresh();
        let identityNumber = IDENTITY;
        for (const one of actions) {
          const before = card;
          const standing = standingOf(before);
          let after: Card;
          try {
            const { state, events } = act(before, one, today);
            after = state;
            for (const { type, data } of events) {
              eventOfType(type)!.schema.parse(data);
              expect(JSON.stringify(data)).not.toContain('19800517');
              expect(data).toMatchObject({
                version: before.version + 1,
                cardId: card.cardId,
                status: state.status,
              });
            }
          } catch (error) {
            // Refused: by the standing, or by a rule that names its reason.
            if (openIn[one.kind].includes(standing)) {
              const named = [CardActionNotOpen, NothingChanges, NumberFits, RenewalTooEarly];
              expect(named.some((type) => error instanceof type)).toBe(true);
            } else expect(error).toBeInstanceOf(CardActionNotOpen);
            continue;
          }
          seen.add(one.kind);
          expect(openIn[one.kind]).toContain(standing);
          expect(after.version).toBe(before.version + 1);
          expect({ cardId: after.cardId, personId: after.personId, origin: after.origin }).toEqual({
            cardId: before.cardId,
            personId: before.personId,
            origin: before.origin,
          });
          const { category, grade } = after;
          if (one.kind === 'renumber') identityNumber = one.identityNumber;
          expect(cardNumberFault(after.number, { identityNumber, category, grade })).toBeNull();
          expect(after.status === 'cancelled').toBe(after.cancelled !== null);
          if (one.kind !== 'renew') expect(after.validTo).toBe(before.validTo);
          card = after;
        }
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual([...kinds].sort());
  });

  it('may be renewed from twelve months before it ends, and not a day earlier', () => {
    const card = { ...fresh(), validTo: '2027-03-03' };
    expect(() => act(card, { kind: 'renew', on: today }, today)).toThrow(RenewalTooEarly);
    expect(act(card, { kind: 'renew', on: '2026-03-03' }, '2026-03-03').state.validTo).toBe('2036-03-03');
    // A region's own window.
    expect(() => act(card, { kind: 'renew', on: '2026-03-03', windowMonths: 6 }, '2026-03-03')).toThrow(
      RenewalTooEarly,
    );
  });

  it('gets the next replacement number each time and a new number with a new grade', () => {
    let card = act(fresh(), { kind: 'replace' }, today).state;
    expect(card.number).toBe(`${IDENTITY}43B1`);
    card = act(card, { kind: 'replace' }, today).state;
    expect(card.number).toBe(`${IDENTITY}43B2`);
    const physical1 = disabilityOf([{ category: 'physical', grade: 1 }])!;
    const { state, events } = act(card, { kind: 'regrade', disability: physical1 }, today);
    expect(state.number).toBe(`${IDENTITY}41`);
    expect(events[0]?.data).toMatchObject({ previous: { category: 'physical', grade: 3 }, grade: 1 });
  });

  it('stands again as it was when its cancellation is withdrawn, and never after its issue is', () => {
    const frozen = act(fresh(), { kind: 'freeze', reason: 'misuse' }, today).state;
    const cancelled = act(frozen, { kind: 'cancel', reason: 'death', effectiveOn: today }, today).state;
    const withdraws = (what: 'issue' | 'cancellation'): CardAction => ({
      kind: 'correct',
      withdraws: what,
      reason: 'wrong-person',
    });
    expect(act(cancelled, withdraws('cancellation'), today).state).toMatchObject({
      status: 'frozen',
      cancelled: null,
    });
    const never = act(frozen, withdraws('issue'), today).state;
    expect(standingOf(never)).toBe('withdrawn');
    for (const what of ['issue', 'cancellation'] as const) {
      expect(() => act(never, withdraws(what), today)).toThrow(CardActionNotOpen);
    }
  });

  it('starts nothing when it is taken over, and is an issue when it is followed', () => {
    const { number, cardId, personId, divisionCode, issuedOn, validTo, status } = fresh();
    const known = { cardId, personId, divisionCode, number, issuedOn, validTo, status, changedOn: today };
    const types = (origin: 'taken-over' | 'followed') =>
      takeOn({ ...known, disability: physical3 }, origin).events.map(({ type }) => type);
    expect(types('taken-over')).toEqual(['certification.card.taken-over.v1']);
    expect(types('followed')).toEqual(['certification.card.issued.v1']);
  });
});
