import { z } from 'zod';

/** Who did it: the user or the service identity behind a command or a reaction. Never a name. */
export const actorRefSchema = z.object({
  /** User id, or `service:<name>` for a service's own work. */
  id: z.string().min(1),
  /** The role in which the actor acted (`card-officer`), or `service`. */
  role: z.string().min(1),
});
export type ActorRef = z.infer<typeof actorRefSchema>;

/** A fact as a decision builds it: what happened, without the transport's own attributes. */
export interface NewEvent<Data = unknown> {
  readonly type: string;
  readonly topic: string;
  /** Kafka key: the person id wherever the fact is about a person, so that one person's facts stay in order. */
  readonly key: string;
  /** Twelve-digit statistical division code of the person or place that the fact is about. */
  readonly divisionCode: string;
  readonly data: Data;
}

/** One version of one event type. A change other than an added optional field is a new version beside it. */
export interface EventDefinition<Data = unknown> {
  readonly type: string;
  readonly topic: string;
  readonly title: string;
  readonly schema: z.ZodType<Data>;
  /** Whether its key is the person that the fact is about. */
  readonly aboutPerson: boolean;
  of(data: Data): NewEvent<Data>;
}

interface EventSpec<Shape extends z.ZodObject> {
  /** `<service>.<aggregate>.<past-participle>.v<n>`; the topic is its first two parts. */
  type: `${string}.${string}.${string}.v${number}`;
  /** What happened, in one sentence: it stands in the AsyncAPI document. */
  title: string;
  data: Shape;
  /** The Kafka key; default: the person id. */
  key?: (data: z.infer<Shape>) => string;
}

/**
 * Defines an event type once: its name, topic, key and schema. `of()` is the only way to build such a fact;
 * it does not parse (the compiler checks the shape), the producer specs parse what landed in the outbox.
 */
export function defineEvent<Shape extends z.ZodObject>(
  spec: EventSpec<Shape>,
): EventDefinition<z.infer<Shape>> {
  const [service, aggregate] = spec.type.split('.') as [string, string];
  const topic = `${service}.${aggregate}`;
  const key = spec.key ?? ((data) => (data as { personId: string }).personId);
  return {
    type: spec.type,
    topic,
    title: spec.title,
    schema: spec.data as unknown as z.ZodType<z.infer<Shape>>,
    aboutPerson: spec.key === undefined,
    of: (data) => ({
      type: spec.type,
      topic,
      key: key(data),
      divisionCode: (data as { divisionCode: string }).divisionCode,
      data,
    }),
  };
}
