import { wayTo } from './contact.js';
import {
  afterReceipt,
  afterTry,
  begin,
  handedOver,
  isUnsent,
  undeliverable,
  type Delivery,
  type DeliveryRules,
} from './delivery.js';

const NOW = new Date('2026-03-02T09:00:00+08:00');
const TODAY = '2026-03-02';
const PERSON = { channel: 'text', guardianId: null } as const;
const RULES: DeliveryRules = { gateway: true, paperAfterTries: null };
const fresh: Delivery = {
  state: 'waiting',
  channel: null,
  guardianId: null,
  tries: 0,
  polls: 0,
  sentAt: null,
  usefulUntil: null,
};
const sending: Delivery = { ...fresh, state: 'sending', channel: 'text', tries: 1 };
const begun = (delivery: Delivery, rules = RULES, way: Parameters<typeof wayTo>[0] = PERSON) =>
  begin(delivery, { diedOn: null, way: way! }, rules, NOW, TODAY);
const secondsUntil = (at: Date | null) => at && (at.getTime() - NOW.getTime()) / 1000;

describe('the way that a message takes', () => {
  const guardians = [
    { guardianId: 'silent', hasPhone: false },
    { guardianId: 'mother', hasPhone: true },
  ];

  it.each([
    ['a text where the person has a telephone', null, true, [], 'text', null],
    ['a letter where nobody has one', null, false, [], 'paper', null],
    ['a text to the guardian who has one', null, false, guardians, 'text', 'mother'],
    ['the call that was asked for', { channel: 'voice', guardianId: null }, true, guardians, 'voice', null],
    ['the letter that was asked for', { channel: 'paper', guardianId: null }, true, guardians, 'paper', null],
    [
      'the guardian who was named',
      { channel: 'text', guardianId: 'mother' },
      true,
      guardians,
      'text',
      'mother',
    ],
    [
      'a letter to the guardian without a telephone',
      { channel: 'text', guardianId: 'silent' },
      true,
      guardians,
      'paper',
      'silent',
    ],
    [
      'the person where the guardianship ended',
      { channel: 'voice', guardianId: 'gone' },
      true,
      [],
      'voice',
      null,
    ],
    [
      'a letter instead of a call to nowhere',
      { channel: 'voice', guardianId: null },
      false,
      [],
      'paper',
      null,
    ],
  ] as const)('is %s', (_, preference, hasPhone, acting, channel, guardianId) => {
    expect(wayTo(preference, { hasPhone, guardians: acting })).toEqual({ channel, guardianId });
  });
});

describe('a message whose moment has come', () => {
  it('is claimed for two minutes', () => {
    const claimed = begun(fresh);
    expect(claimed).toMatchObject({ state: 'sending', channel: 'text', tries: 1, told: [] });
    expect(secondsUntil(claimed.nextAt)).toBe(120);
  });

  it('is not sent to the dead, to nobody, or after its day', () => {
    expect(begin(fresh, undefined, RULES, NOW, TODAY)).toMatchObject({
      state: 'failed',
      reason: 'person-unknown',
    });
    expect(begin(fresh, { diedOn: TODAY, way: PERSON }, RULES, NOW, TODAY)).toMatchObject({
      state: 'failed',
      reason: 'person-died',
    });
    expect(begun({ ...fresh, usefulUntil: '2026-03-01' })).toMatchObject({
      state: 'failed',
      reason: 'outdated',
      nextAt: null,
      told: [{ what: 'failed', letterFollows: false }],
    });
    expect(begun({ ...fresh, usefulUntil: TODAY }).state).toBe('sending');
  });

  it('waits where there is no gateway, ever more patiently, and becomes a letter only where the place says so', () => {
    const none: DeliveryRules = { gateway: false, paperAfterTries: null };
    const first = begun(fresh, none);
    expect(first).toMatchObject({ state: 'no-gateway', tries: 1, told: [] });
    expect(secondsUntil(first.nextAt)).toBe(30);
    const hundredth = begun({ ...fresh, state: 'no-gateway', channel: 'text', tries: 99 }, none);
    expect(hundredth).toMatchObject({ state: 'no-gateway', tries: 100 });
    expect(secondsUntil(hundredth.nextAt)).toBe(3600);
    expect(
      begun({ ...fresh, state: 'no-gateway', channel: 'text', tries: 2 }, { ...none, paperAfterTries: 3 }),
    ).toMatchObject({
      state: 'letter',
      channel: 'paper',
      reason: 'tries-used-up',
      told: [
        { what: 'failed', channel: 'text', reason: 'tries-used-up', letterFollows: true, tries: 3 },
        { what: 'sent', channel: 'paper' },
      ],
    });
  });

  it('begins to count anew on another channel', () => {
    expect(
      begun({ ...fresh, channel: 'text', tries: 7 }, RULES, { channel: 'voice', guardianId: null }).tries,
    ).toBe(1);
  });

  it('is a letter until the end of its day', () => {
    const letter = begun({ ...fresh, usefulUntil: '2026-03-03' }, RULES, {
      channel: 'paper',
      guardianId: null,
    });
    expect(letter).toMatchObject({ state: 'letter', told: [{ what: 'sent', channel: 'paper' }] });
    expect(letter.nextAt).toEqual(new Date('2026-03-04T00:00:00+08:00'));
    const { nextAt: _, reason: __, told: ___, ...kept } = letter;
    expect(
      begin(
        { ...kept, usefulUntil: '2026-03-03' },
        { diedOn: null, way: PERSON },
        RULES,
        letter.nextAt!,
        '2026-03-04',
      ),
    ).toMatchObject({
      state: 'failed',
      reason: 'outdated',
    });
  });
});

describe('what the gateway answers', () => {
  it('taken: sent, and its receipt is asked for with growing patience, for three days', () => {
    const sent = afterTry(sending, { kind: 'taken', receipt: 'r' }, RULES, NOW);
    expect(sent).toMatchObject({
      state: 'sent',
      sentAt: NOW,
      told: [{ what: 'sent', channel: 'text' }],
    });
    expect(secondsUntil(sent.nextAt)).toBe(60);
    let delivery: Delivery = { ...sending, state: 'sent', sentAt: NOW };
    let at: Date | null = NOW;
    while (at) {
      const next = afterReceipt(delivery, 'not-yet', at);
      expect(next).toMatchObject({ state: 'sent', told: [] });
      delivery = { ...delivery, polls: next.polls };
      if (next.nextAt) expect(next.nextAt.getTime()).toBeGreaterThan(at.getTime());
      at = next.nextAt;
    }
    expect(delivery.polls).toBeGreaterThan(10);
    expect(delivery.polls).toBeLessThan(25);
    expect(afterReceipt(delivery, 'delivered', NOW)).toMatchObject({
      state: 'delivered',
      told: [{ what: 'delivered' }],
    });
    expect(afterReceipt(delivery, 'not-reached', NOW)).toMatchObject({
      state: 'letter',
      reason: 'not-reached',
    });
  });

  it('refused: a letter follows at once', () => {
    expect(afterTry(sending, { kind: 'refused' }, RULES, NOW)).toMatchObject({
      state: 'letter',
      reason: 'refused',
    });
  });

  it('later: not before it wants, nor before our own patience', () => {
    expect(secondsUntil(afterTry(sending, { kind: 'later', afterMs: 90_000 }, RULES, NOW).nextAt)).toBe(90);
    expect(
      secondsUntil(afterTry({ ...sending, tries: 4 }, { kind: 'later', afterMs: 1000 }, RULES, NOW).nextAt),
    ).toBe(240);
  });
});

describe('a letter', () => {
  const letter: Delivery = { ...fresh, state: 'letter', channel: 'paper' };

  it('is handed over or cannot be, once', () => {
    expect(handedOver(letter)).toMatchObject({ state: 'delivered', tries: 1 });
    expect(undeliverable(letter)).toMatchObject({ state: 'failed', reason: 'undeliverable', tries: 1 });
    expect(() => handedOver({ ...letter, state: 'delivered' })).toThrow('不在待送之列');
    expect(() => undeliverable({ ...letter, state: 'withdrawn' })).toThrow('不在待送之列');
  });

  it('can be taken back, as long as it lies there', () => {
    expect(isUnsent('letter')).toBe(true);
    expect(isUnsent('sending')).toBe(false);
  });
});
