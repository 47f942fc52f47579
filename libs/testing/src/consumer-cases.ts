import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@app/contracts';
import { schemaOf } from '@app/platform';
import { send, toDelivery, type DirectEventLog } from './direct-event-log.js';
import type { TestDatabase } from './test-database.js';

/** One consumer, and how a test sees what it does. */
export interface ConsumerUnderTest {
  /** `<service>/<name>`, as in its inbox rows. */
  readonly consumer: string;
  /** Started with the direct log; asked when a case runs, so that `beforeAll` may start it. */
  service(): { readonly database: TestDatabase; readonly direct: DirectEventLog };
  /** Arranges what it needs, and returns a fact of a new person (a new key) that has an effect on this consumer. */
  fact(): NewEvent | Promise<NewEvent>;
  /** Whether `fact()` is a stop fact of this consumer, which overtakes what is parked of its key. */
  readonly overtakes?: boolean;
  /** What the consumer's tables say about this fact, by SQL; it differs once the fact had its effect, and counts rows. */
  effect(event: NewEvent): Promise<unknown>;
}

/** A slow machine is no failure. */
const CASE_MS = 30_000;

/**
 * The four cases that every consumer has: delivered twice; fails once, then succeeds; a bad message is parked and the next
 * one handled; the process dies after commit, before the offset. They replace nothing in the consumer: faults come as triggers
 * on its inbox, the judge reads SQL.
 */
export function consumerFeatures(under: ConsumerUnderTest): void {
  const service = under.consumer.split('/', 1)[0]!;
  const schema = schemaOf(service);
  const sql = <Row>(text: string, params: unknown[] = []) =>
    under.service().database.query<Row>(text.replaceAll('$schema', schema), params);
  const deliver = (...sent: { id: string; event: NewEvent }[]) =>
    under.service().direct.deliver(service, sent);

  /** Everything that a message has caused: the effect, facts appended because of it, what is parked. */
  const look = async (id: string, event: NewEvent) => ({
    effect: await under.effect(event),
    caused: (
      await sql<{ type: string; payload: unknown }>(
        'select type, payload from $schema.outbox_messages where causation_id = $1 order by xid, id',
        [id],
      )
    ).map(({ type, payload }) => ({ type, payload })),
    parked: (
      await sql<{ state: string; reason: string }>(
        'select state, reason from $schema.parked_messages where message_id = $1 and consumer = $2',
        [id, under.consumer],
      )
    ).map(({ state, reason }) => `${state}: ${reason}`),
  });

  /** The effect of a fact that nothing disturbed, to compare with. */
  const undisturbed = async (id: string, event: NewEvent) => {
    const before = await look(id, event);
    await deliver({ id, event });
    const after = await look(id, event);
    expect(after.parked).toEqual([]);
    expect(after).not.toEqual(before);
    return after;
  };

  describe(`delivery to ${under.consumer}`, () => {
    afterEach(async () => {
      await sql('drop trigger if exists planted_failure on $schema.inbox_messages');
    });

    it(
      'has one effect of a fact that is delivered twice',
      async () => {
        const { id, event } = send(await under.fact());
        const once = await undisturbed(id, event);
        await deliver({ id, event });
        await deliver({ id, event }, { id, event });
        expect(await look(id, event)).toEqual(once);

        const twin = send(await under.fact());
        await deliver(twin, twin);
        const twins = await look(twin.id, twin.event);
        expect({ ...twins, caused: twins.caused.length }).toMatchObject({
          parked: [],
          caused: once.caused.length,
        });
      },
      CASE_MS,
    );

    it(
      'has its effect once when handling fails the first time',
      async () => {
        const { id, event } = send(await under.fact());
        const before = await look(id, event);
        await plantFailure(sql, under.consumer, id, 1);
        await deliver({ id, event });
        const once = await look(id, event);
        expect(once.parked).toEqual([]);
        expect(once.effect).not.toEqual(before.effect);
        await deliver({ id, event });
        expect(await look(id, event)).toEqual(once);
      },
      CASE_MS,
    );

    it(
      'parks what it cannot read or handle, and handles the next one',
      async () => {
        const [unreadable, failing, next] = [
          send({ ...(await under.fact()), data: { nothing: 'of the contract' } }),
          send(await under.fact()),
          send(await under.fact()),
        ];
        const before = await look(failing.id, failing.event);
        const nextBefore = await look(next.id, next.event);
        await plantFailure(sql, under.consumer, failing.id, null);
        await deliver(unreadable, failing, next);
        expect((await look(next.id, next.event)).effect).not.toEqual(nextBefore.effect);
        expect(await look(failing.id, failing.event)).toEqual({
          ...before,
          parked: ['failed: handler-failed'],
        });
        const [parked] = await sql<{ reason: string; error: string }>(
          'select reason, error from $schema.parked_messages where message_id = $1 and consumer = $2',
          [unreadable.id, under.consumer],
        );
        expect(parked).toMatchObject({ reason: 'unreadable' });

        // What comes later for the same key waits behind it, unless it is a stop fact.
        const later = send({ ...failing.event });
        await deliver(later);
        expect((await look(later.id, later.event)).parked).toEqual(
          under.overtakes ? [] : ['waiting: behind-parked'],
        );
      },
      CASE_MS,
    );

    it(
      'has one effect when the process died after the commit and before the offset',
      async () => {
        const { id, event } = send(await under.fact());
        const once = await undisturbed(id, event);
        // What the dead process leaves behind: its effects, no offset, and its note of what was in its hands.
        await sql('insert into $schema.delivery_attempts (message_id, alone) values ($1, 0)', [id]);
        const next = send(await under.fact());
        const nextBefore = await look(next.id, next.event);
        await deliver({ id, event }, next);
        expect(await look(id, event)).toEqual(once);
        expect((await look(next.id, next.event)).effect).not.toEqual(nextBefore.effect);
      },
      CASE_MS,
    );

    it(
      'parks what is not even a CloudEvent where an operator sees it',
      async () => {
        const whole = toDelivery(randomUUID(), await under.fact());
        const broken = Object.assign(
          Object.create(Object.getPrototypeOf(whole) as object) as typeof whole,
          whole,
          {
            headers: { ...whole.headers, ce_time: 'yesterday', ce_id: '-'.repeat(36) },
            position: `9:${Math.floor(Math.random() * 1e9)}`,
          },
        );
        await under.service().direct.deliverRaw(service, [broken]);
        const rows = await sql<{ reason: string }>(
          'select reason from $schema.parked_messages where log_position = $1 and consumer = $2',
          [broken.position, under.consumer],
        );
        expect(rows).toEqual([{ reason: 'unreadable' }]);
      },
      CASE_MS,
    );
  });
}

/** Makes the transaction that handles a message fail at its commit, after all its effects: so many times, or always. */
async function plantFailure(
  sql: (text: string, params?: unknown[]) => Promise<unknown>,
  consumer: string,
  messageId: string,
  times: number | null,
): Promise<void> {
  // A sequence, because what a failed transaction counts in a table is rolled back with it.
  await sql('drop sequence if exists $schema.planted_failures');
  await sql('create sequence $schema.planted_failures');
  await sql(`
    create or replace function $schema.planted_failure() returns trigger language plpgsql security definer as $$
    begin
      if new.consumer = '${consumer}' and new.message_id = '${messageId}'
        and not exists (select from $schema.parked_messages p where p.message_id = new.message_id)
        and (${times ?? 'null'}::int is null or nextval('$schema.planted_failures') <= ${times ?? 0}) then
        raise exception 'an accident planted by the test';
      end if;
      return null;
    end $$`);
  await sql(`create constraint trigger planted_failure after insert on $schema.inbox_messages
    deferrable initially deferred for each row execute function $schema.planted_failure()`);
}
