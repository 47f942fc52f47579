/** Something that a run could not trust. */
export interface Distrusted {
  /** `parked:<consumer>`, `roster:<kind>`, `event-log`, `delivery-lag`, `relay:<service>`. */
  readonly source: string;
  /** Chinese, for whoever reads the run. */
  readonly reason: string;
  /** ISO 8601; absent or null: not known. */
  readonly since?: string | null;
  /** By how many messages it is behind; absent or null: not known, or no messages are meant. */
  readonly messages?: number | null;
  /** How many persons it touches; their gaps are marked. Absent or null: not known. */
  readonly persons?: number | null;
}

/** Something that a run did not look at, so that its silence means nothing. */
export interface NotLooked {
  readonly what: string;
  readonly reason: string;
}

/** Rosters that arrive here as facts, by their kind as `source.kind` names it, with the fact that being on one says. */
export const rosterFacts: Readonly<Record<string, string>> = {
  'roster:dibao': 'aid.dibao',
  'roster:dibian': 'aid.dibian',
  'roster:tekun': 'aid.tekun',
};

const titles: Readonly<Record<string, string>> = {
  'roster:dibao': '低保名册',
  'roster:dibian': '低保边缘名册',
  'roster:tekun': '特困名册',
};

/** What the facts of the persons looked at say of one roster. */
export interface RosterSeen {
  /** The last day up to which it speaks. */
  readonly asOf: string;
  /** Persons of whom it says something that holds on the day of the run. */
  readonly current: number;
}

export type RostersSeen = Readonly<Record<string, RosterSeen>>;

/** Two pages' worth together. */
export function withRosters(before: RostersSeen, more: RostersSeen): RostersSeen {
  const all: Record<string, RosterSeen> = { ...before };
  for (const [kind, { asOf, current }] of Object.entries(more)) {
    const known = all[kind];
    all[kind] = {
      asOf: known && known.asOf > asOf ? known.asOf : asOf,
      current: (known?.current ?? 0) + current,
    };
  }
  return all;
}

/**
 * Rosters that items in force ask for and that never came, or of which nothing holds any more.
 * @param asked names of facts that the items in force ask for
 */
export function distrustedRosters(seen: RostersSeen, asked: ReadonlySet<string>): Distrusted[] {
  return Object.entries(rosterFacts).flatMap(([source, fact]) => {
    if (!asked.has(fact)) return [];
    const roster = seen[source];
    const title = titles[source] ?? source;
    if (!roster) {
      return [{ source, reason: `${title}从未导入：相关事项只凭个别登记认定，请先向民政部门取得名册。` }];
    }
    if (roster.current > 0) return [];
    return [{ source, reason: `${title}已全部过期（截至 ${roster.asOf}）：请导入新的名册后重新对账。` }];
  });
}

/** How far delivery to this service was at one moment. */
export interface DeliverySeen {
  /** Messages in the topics that this service reads which it has not handled; null: the log does not say. */
  readonly lag: number | null;
  /** When it handled one last, ISO 8601; null: not within the hour. */
  readonly handledAt: string | null;
  /** Services whose facts wait to be published, of those that run in this process. */
  readonly relays: readonly RelaySeen[];
  /** Services of which nobody in this process can tell. */
  readonly elsewhere: readonly string[];
}

/** Facts of a service that are not in the log yet. */
export interface RelaySeen {
  readonly service: string;
  /** Null: nobody can tell. */
  readonly waiting: {
    readonly messages: number;
    readonly oldestSeconds: number;
    readonly since: string;
  } | null;
}

const serviceTitles: Readonly<Record<string, string>> = {
  registry: '人员登记',
  certification: '残疾人证',
  lifecycle: '联办链',
  subsidies: '补贴',
  rehabilitation: '康复',
  employment: '就业',
  'legal-aid': '维权',
  accessibility: '无障碍',
  community: '托养与社区',
  workbench: '工作台',
};

const titleOf = (service: string): string => serviceTitles[service] ?? service;

/** A fact is published within seconds; one that waits longer than this waits for something. */
const RELAY_SECONDS = 60;

/**
 * Delivery that a run could not trust. Messages that came while it ran are the next run's: it was behind only if it was so at its beginning
 * and still at its end, and then by the smaller number.
 */
export function distrustedDelivery(before: DeliverySeen, after: DeliverySeen): Distrusted[] {
  const found: Distrusted[] = [];
  if (before.lag === null || after.lag === null) {
    found.push({
      source: 'delivery-lag',
      reason: '消息系统没有应答，无法得知事实是否全部到达：本次结果不可靠，恢复后请重新对账。',
    });
  } else if (Math.min(before.lag, after.lag) > 0) {
    const messages = Math.min(before.lag, after.lag);
    found.push({
      source: 'delivery-lag',
      reason: `有 ${messages} 条消息到达后没有处理（${
        before.handledAt === null ? '一小时以上没有处理任何消息' : `最近一次处理之后`
      }）：涉及哪些人尚不知道，本次结果不可靠，请检查服务是否运行，处理完后重新对账。`,
      since: before.handledAt,
      messages,
    });
  }
  for (const { service, waiting } of after.relays) {
    if (waiting === null) {
      found.push({
        source: `relay:${service}`,
        reason: `无法得知${titleOf(service)}服务是否有事实尚未发布：请在运行状态页查看后重新对账。`,
      });
    } else if (waiting.oldestSeconds > RELAY_SECONDS) {
      found.push({
        source: `relay:${service}`,
        reason: `${titleOf(service)}服务有 ${waiting.messages} 条事实尚未发布，最早一条已等待 ${Math.round(waiting.oldestSeconds)} 秒：相关人员的变动尚未到达，发布后请重新对账。`,
        since: waiting.since,
        messages: waiting.messages,
      });
    }
  }
  return found;
}

/** What a run found only at its end not to have looked at. */
export function notSeen(
  { elsewhere }: Pick<DeliverySeen, 'elsewhere'>,
  money: {
    readonly items: readonly {
      readonly itemId: string;
      /** Its title in Chinese. */
      readonly zh: string;
      readonly benefits: number;
      readonly through: string | null;
    }[];
    /** The month before that of the run. */
    readonly month: string;
    /** Granted, and subsidies has told of no benefit. */
    readonly untold: number;
  },
): NotLooked[] {
  const found: NotLooked[] = money.items.flatMap(({ itemId, zh, benefits, through }) => {
    if (through === null) {
      return [
        {
          what: `paid:${itemId}`,
          reason: `“${zh}”的 ${benefits} 项待遇没有对账是否发放：本县还没有发放过该事项，或尚未收到发放的事实。`,
        },
      ];
    }
    if (through >= money.month) return [];
    return [
      {
        what: `paid:${itemId}`,
        reason: `“${zh}”的 ${benefits} 项待遇只对账到 ${through}：本县最近一次发放到该月，之后的月份没有判断。`,
      },
    ];
  });
  if (money.untold > 0) {
    found.push({
      what: 'benefits',
      reason: `有 ${money.untold} 项按月发放的已享事项没有收到待遇台账，没有对账是否发放：请运维人员重新发布补贴服务的事实后再对账。`,
    });
  }
  if (elsewhere.length > 0) {
    found.push({
      what: 'relay',
      reason: `以下服务不在本进程运行，其事实是否都已发布没有判断，请在运行状态页查看：${elsewhere.map(titleOf).join('、')}。`,
    });
  }
  return found;
}

/** What no run can tell from the tables of this service. */
export const notLooked: readonly NotLooked[] = [
  {
    what: 'roster:death',
    reason: '死亡名册是否导入及是否完整，登记系统没有随事实告知，本次没有判断。',
  },
];
