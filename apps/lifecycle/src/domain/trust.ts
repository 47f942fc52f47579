/** Something that a run could not trust. */
export interface Distrusted {
  /** `parked:<consumer>`, `roster:<kind>`, `event-log`. */
  readonly source: string;
  /** Chinese, for whoever reads the run. */
  readonly reason: string;
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

/** What no run can tell from the tables of this service. */
export const notLooked: readonly NotLooked[] = [
  {
    what: 'paid',
    reason: '已享未付没有对账：发放入账的事实尚未进入本系统的对账数据，本次结果不表示没有未付。',
  },
  {
    what: 'delivery-lag',
    reason: '消息是否积压不在本服务的数据库中，本次没有判断；请在运行状态页查看各服务的消费进度。',
  },
  {
    what: 'roster:death',
    reason: '死亡名册是否导入及是否完整，登记系统没有随事实告知，本次没有判断。',
  },
];
