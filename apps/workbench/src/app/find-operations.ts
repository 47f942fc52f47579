import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/access';
import { Clock, shanghaiDay } from '@app/kernel';
import type { StatusOfService } from '@app/service-host';
import { ServiceAddresses } from '../adapters/http/service-addresses.js';
import { ServiceStatus, type ToldParked, type ToldReplay } from '../adapters/http/service-status.js';
import { AlarmRepository } from '../adapters/postgres/alarm-repository.js';
import { HurtCases, type HurtCase } from '../adapters/postgres/hurt-cases.js';
import { WorkTitles } from '../adapters/work-titles.js';
import { overdueKinds } from '../domain/work-view.js';

/** A service as the portal's server sees it; null: unknown. */
export interface SeenService extends Pick<
  StatusOfService,
  'service' | 'lag' | 'topics' | 'parked' | 'unpublished' | 'queues'
> {
  /** False: it did not say how it is. */
  readonly answered: boolean;
  /** Whether facts go by a log outside the database. */
  readonly relayed: boolean | null;
  readonly reminding: 'healthy' | 'troubled' | 'unknown' | 'none';
}

/** Whom a parked message hurts: ids, and when the next term ends. */
export interface ParkedLine {
  readonly service: string;
  readonly message: ToldParked;
  readonly nearest: {
    readonly owner: string;
    readonly caseId: string;
    readonly title: string;
    readonly term: HurtCase['term'];
  } | null;
}

export interface SeenParked {
  readonly rows: readonly ParkedLine[];
  /** Services that did not say what is parked with them. */
  readonly silent: readonly string[];
}

/** Replays of every service, with the services that did not say. */
export interface SeenReplays {
  readonly rows: readonly { readonly service: string; readonly replay: ToldReplay }[];
  readonly silent: readonly string[];
}

export interface Overview {
  readonly asOf: Date;
  readonly services: readonly SeenService[];
  readonly alarms: readonly { readonly service: string; readonly what: string; readonly raisedAt: Date }[];
  readonly hurt: {
    readonly persons: number;
    /** Persons whose next term, by law or local rule, ends today; or has passed. */
    readonly today: number;
    readonly overdue: number;
    /** Not every service said what is parked with it. */
    readonly incomplete: boolean;
  };
  /** Replays that wait for a second person. */
  readonly proposed: number;
}

/** Somebody waits for the page: what takes longer is unknown. */
const PATIENCE_MS = 5_000;

const NOTHING_KNOWN = {
  ...{ answered: false, relayed: null, lag: null, topics: null, parked: null, unpublished: null },
  queues: [],
  reminding: 'unknown',
} as const;

/** How every service of the house is, and who waits for what could not be handled. */
@Injectable()
export class FindOperations {
  constructor(
    private readonly addresses: ServiceAddresses,
    private readonly status: ServiceStatus,
    private readonly alarms: AlarmRepository,
    private readonly cases: HurtCases,
    private readonly titles: WorkTitles,
    private readonly clock: Clock,
  ) {}

  async overview(actor: Actor): Promise<Overview> {
    const [services, parked, replays, alarms] = await Promise.all([
      this.services(actor),
      this.parked(actor),
      this.replays(actor),
      this.alarms.latest(),
    ]);
    return {
      asOf: this.clock.now(),
      services,
      alarms: alarms.filter(({ clearedAt }) => clearedAt === null),
      hurt: this.hurtBy(parked),
      proposed: replays.rows.filter(({ replay }) => replay.state === 'proposed').length,
    };
  }

  async parked(actor: Actor): Promise<SeenParked> {
    const { told, silent } = await this.everywhere((base, service) =>
      this.status.parked(actor, base, service, PATIENCE_MS),
    );
    told.sort((a, b) => a.each.parkedAt.localeCompare(b.each.parkedAt));
    const nearest = await this.cases.nearest(told.map(({ each }) => each));
    return {
      rows: told.map(({ service, each }, at) => ({
        service,
        message: each,
        nearest: this.inWords(nearest[at] ?? null),
      })),
      silent,
    };
  }

  /** The latest first. */
  async replays(actor: Actor): Promise<SeenReplays> {
    const { told, silent } = await this.everywhere((base, service) =>
      this.status.replays(actor, base, service, PATIENCE_MS),
    );
    told.sort((a, b) => b.each.proposedAt.localeCompare(a.each.proposedAt));
    return { rows: told.map(({ service, each }) => ({ service, replay: each })), silent };
  }

  private async everywhere<Each>(
    ask: (base: URL, service: string) => Promise<Each[]>,
  ): Promise<{ told: { service: string; each: Each }[]; silent: string[] }> {
    const silent: string[] = [];
    const told = await Promise.all(
      this.addresses.known.map(async (service) => {
        try {
          return (await ask(this.addresses.of(service)!, service)).map((each) => ({ service, each }));
        } catch {
          silent.push(service);
          return [];
        }
      }),
    );
    return { told: told.flat(), silent: silent.sort() };
  }

  private async services(actor: Actor): Promise<SeenService[]> {
    const { known } = this.addresses;
    const told = await Promise.all(
      this.addresses
        .byProcess(known)
        .map(([base]) => this.status.told(actor, base, PATIENCE_MS).catch((): StatusOfService[] => [])),
    );
    return known.map((service) => {
      const status = told.flat().find((each) => each.service === service);
      return status ? seen(status) : { service, ...NOTHING_KNOWN };
    });
  }

  private hurtBy({ rows, silent }: SeenParked): Overview['hurt'] {
    const now = this.clock.now();
    const nearest = new Map<string, Date | null>();
    for (const { message, nearest: waiting } of rows) {
      const { term } = waiting ?? { term: null };
      const counts = term !== null && overdueKinds.some((kind) => kind === term.kind);
      if (message.personId !== null) nearest.set(message.personId, counts ? term.dueAt : null);
    }
    const dues = [...nearest.values()].filter((due) => due !== null);
    return {
      persons: nearest.size,
      overdue: dues.filter((due) => due < now).length,
      today: dues.filter((due) => due >= now && shanghaiDay(due) === shanghaiDay(now)).length,
      incomplete: silent.length > 0,
    };
  }

  private inWords(found: HurtCase | null): ParkedLine['nearest'] {
    if (!found) return null;
    const { owner, caseId, itemId, itemVersion, divisionCode, term } = found;
    return { owner, caseId, title: this.titles.of(itemId, itemVersion, divisionCode).title, term };
  }
}

function seen({
  service,
  eventLog,
  lag,
  topics,
  parked,
  unpublished,
  queues,
  reminding,
}: StatusOfService): SeenService {
  const asked = reminding === null ? 'unknown' : reminding?.healthy ? 'healthy' : 'troubled';
  return {
    ...{ service, lag, topics, parked, unpublished, queues },
    answered: true,
    relayed: eventLog === 'kafka',
    reminding: reminding === undefined ? 'none' : asked,
  };
}
