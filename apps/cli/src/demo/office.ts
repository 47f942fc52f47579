import type { Actor, Department, Role } from '@app/access';
import { owners } from '@app/contracts';
import { ServiceRefused, type RunningSystem } from '../installation/running-system.js';
import { demoActor, unitOf } from './accounts.js';
import type { DemoCard, DemoPerson } from './demo-person.js';
import type { Teller } from './story.js';

/** What the stories read of a case; the whole of it is in the service's OpenAPI document. */
export interface SeenCase {
  readonly caseId: string;
  readonly personId: string;
  readonly itemId: string;
  readonly title: string;
  readonly status: string;
  /** Whoever changes it says that they have looked at this version. */
  readonly version: number;
  readonly roundId: string | null;
  readonly mode: string;
  readonly missingMaterials: readonly string[];
  readonly task: {
    readonly step: string;
    readonly roles: readonly Role[];
    readonly department: Department | null;
  } | null;
  readonly steps: readonly {
    readonly step: string;
    readonly kind: 'work' | 'decide';
    readonly role: Role;
    readonly done: { readonly by: string } | null;
  }[];
  readonly clocks: readonly {
    readonly step: string;
    readonly dueDay: string | null;
    readonly basis: string;
    readonly kind: string;
  }[];
}

/** A person's chain, as the stories read it. */
export interface SeenChain {
  readonly rounds: readonly {
    readonly roundId: string;
    readonly cause: string;
    readonly status: string;
    readonly items: readonly {
      readonly itemId: string;
      readonly action: string;
      readonly outcome: string | null;
    }[];
  }[];
}

/** A legal term as certification shows it. */
export interface SeenTerm {
  readonly step: string;
  readonly anchorDay: string;
  readonly dueAt: string | null;
  readonly mark: string | null;
}

/** A person's precise service table. */
export interface SeenTable {
  readonly items: readonly { readonly itemId: string; readonly outcome: string }[];
}

export type Wish = 'granted' | 'refused' | 'declined' | 'waiting';

/** The owners of cases, as the stories ask them. */
export const caseOwners = owners;

const REMEDY = '如有异议，可自收到决定之日起依法申请行政复议或者提起行政诉讼。';

/** The people who work in the demo county, doing over public HTTP what their roles allow. */
export class Office {
  constructor(
    readonly system: RunningSystem,
    private readonly teller: Teller,
    /** Today in Asia/Shanghai. */
    private readonly today: string,
  ) {}

  private post<Result>(service: string, path: string, role: Role, body: unknown): Promise<Result> {
    return this.system.call<Result>(service, 'POST', path, { actor: demoActor(role), body });
  }

  get<Result>(service: string, path: string, role: Role): Promise<Result> {
    return this.system.call<Result>(service, 'GET', path, { actor: demoActor(role) });
  }

  /** The day so many days before today. */
  daysAgo(days: number): string {
    return new Date(Date.parse(`${this.today}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
  }

  async register(person: DemoPerson): Promise<string> {
    const { personId } = await this.post<{ personId: string }>(
      'registry',
      '/registry/persons',
      'commissioner',
      {
        name: person.name,
        identityNumber: person.identityNumber,
        divisionCode: person.villageCode,
        phone: person.phone,
        address: person.address,
      },
    );
    return personId;
  }

  /** Puts people into one household. */
  async liveTogether(divisionCode: string, personIds: readonly string[]): Promise<void> {
    const { householdId } = await this.post<{ householdId: string }>(
      'registry',
      '/registry/households',
      'commissioner',
      {
        divisionCode,
        headPersonId: personIds[0],
      },
    );
    for (const [index, personId] of personIds.entries()) {
      await this.post('registry', `/registry/persons/${personId}/household`, 'commissioner', {
        householdId,
        relation: index === 0 ? '户主' : '其他',
      });
    }
  }

  async recordFacts(
    personId: string,
    facts: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void> {
    const source = { kind: 'counter', reference: null, asOf: this.today };
    await this.post('registry', `/registry/persons/${personId}/facts`, 'commissioner', {
      facts: Object.entries(facts).map(([name, value]) => ({ name, value, source })),
    });
  }

  async recordDeath(personId: string, diedOn: string): Promise<void> {
    await this.post('registry', `/registry/persons/${personId}/death`, 'data-officer', {
      diedOn,
      source: { kind: 'roster:death', reference: null, asOf: this.today },
    });
  }

  async withdrawDeath(personId: string, reason: string): Promise<void> {
    await this.post('registry', `/registry/persons/${personId}/death/withdraw`, 'data-officer', { reason });
  }

  /** From the application to the numbered card: four people, the public notice behind it. @returns the card's id */
  async issueCard(
    personId: string,
    person: DemoPerson,
    disability: Pick<DemoCard, 'components'>,
  ): Promise<string> {
    // The notice hung on the board last month; its days are on record.
    const notice = { from: this.daysAgo(38), to: this.daysAgo(20) };
    const applicationId = await this.applyUntilNotice(personId, person, disability, notice);
    const { cardId } = await this.post<{ cardId: string }>(
      'certification',
      `/certification/applications/${applicationId}/approve`,
      'federation-lead',
      {},
    );
    return cardId;
  }

  /** Application, acceptance, assessment before the notice, notice. @returns the application's id */
  async applyUntilNotice(
    personId: string,
    person: DemoPerson,
    disability: Pick<DemoCard, 'components'>,
    notice: { readonly from: string; readonly to: string },
  ): Promise<string> {
    const minor = Number(this.today.slice(0, 4)) - Number(person.birthDate.slice(0, 4)) <= 18;
    const needsGuardian =
      minor ||
      disability.components.some(({ category }) => category === 'intellectual' || category === 'mental');
    const guardian = needsGuardian ? { name: '王监护', relation: '父亲' } : null;
    // Certification knows a person once the registry's fact has arrived.
    const { applicationId } = await this.teller.until('certification knows the person', () =>
      this.post<{ applicationId: string }>('certification', '/certification/applications', 'card-officer', {
        kind: 'first',
        personId,
        identityNumber: person.identityNumber,
        divisionCode: person.villageCode,
        guardian,
        materials: [{ kind: '申请表', reference: '窗口收件' }],
      }),
    );
    const step = (name: string, role: Role, body: unknown) =>
      this.post('certification', `/certification/applications/${applicationId}/${name}`, role, body);
    await step('accept', 'card-officer', { guardian, materials: [], unitId: unitOf('assessor') });
    await step('assessment', 'assessor', {
      components: disability.components,
      assessedOn: notice.from,
      institution: '示范县人民医院',
      evidence: [{ kind: '评定表', reference: '医院存档' }],
    });
    await step('notice', 'card-officer', { ...notice, place: '村务公开栏', guardian });
    return applicationId;
  }

  /** The legal terms of an application. */
  async termsOf(applicationId: string): Promise<readonly SeenTerm[]> {
    const { terms } = await this.get<{ terms: readonly SeenTerm[] }>(
      'certification',
      `/certification/applications/${applicationId}`,
      'federation-lead',
    );
    return terms;
  }

  chain(personId: string): Promise<SeenChain> {
    return this.get<SeenChain>('lifecycle', `/lifecycle/persons/${personId}/chain`, 'federation-lead');
  }

  table(personId: string): Promise<SeenTable> {
    return this.get<SeenTable>('lifecycle', `/lifecycle/persons/${personId}/table`, 'federation-lead');
  }

  async findCase(owner: string, caseId: string): Promise<SeenCase> {
    return this.get<SeenCase>(owner, `/${owner}/cases/${caseId}`, 'federation-lead');
  }

  /** All cases of a person, of all owners. */
  async casesOf(personId: string): Promise<(SeenCase & { owner: string })[]> {
    const pages = await Promise.all(
      caseOwners.map(async (owner) => {
        const page = await this.get<{ cases: SeenCase[] }>(
          owner,
          `/${owner}/cases?personId=${personId}&limit=200`,
          'federation-lead',
        );
        return page.cases.map((each) => ({ ...each, owner }));
      }),
    );
    return pages.flat();
  }

  /** Works a case to its outcome, each step by a user of the role that may. @returns its last status */
  async work(owner: string, caseId: string, wish: Wish): Promise<SeenCase> {
    for (let turn = 0; turn < 30; turn += 1) {
      const seen = await this.findCase(owner, caseId);
      if (seen.task === null || seen.status === 'waiting') return seen;
      try {
        await this.doTask(owner, seen, wish);
      } catch (error) {
        // It changed meanwhile: what is to be done now is read anew.
        if (!(error instanceof ServiceRefused) || error.status !== 412) throw error;
      }
    }
    throw new Error(`case ${caseId} of ${owner} has no end`);
  }

  private async doTask(owner: string, seen: SeenCase, wish: Wish): Promise<void> {
    const { step, roles, department } = seen.task!;
    const role = roles[0]!;
    const unit = role === 'member-unit' ? department : null;
    const post = (action: string, body: unknown, n = 1) =>
      this.act(owner, seen, action, demoActor(role, unit, n), body);
    if (step === 'consent') {
      await (wish === 'declined'
        ? post('decline', { declinedOn: this.today, reason: '本人暂不需要' })
        : post('consent', { consentedOn: this.today }));
      return;
    }
    if (step === 'place') {
      // The county has one institution of each kind; the case goes to the one that does its next step.
      const next = seen.steps.find((each) => !each.done && unitOf(each.role) !== null);
      await post('place', { unitId: next ? unitOf(next.role) : null });
      return;
    }
    if (step === 'hand-over') {
      await post('hand-over', { to: '主管部门', receipt: `回执 ${this.today}` });
      return;
    }
    const definition = seen.steps.find((each) => each.step === step);
    if (definition?.kind !== 'decide') {
      await post(`steps/${step}`, { received: seen.missingMaterials });
      return;
    }
    // Four eyes: who did the step before does not decide.
    const last = seen.steps.filter(({ done }) => done).at(-1)?.done?.by;
    const n = last === demoActor(role, unit, 1).id ? 2 : 1;
    if (wish === 'refused') await post('refuse', { reason: '经核实不符合办理条件。', remedy: REMEDY }, n);
    else if (wish === 'waiting') await post('waitlist', { place: 1 }, n);
    else await post('grant', {}, n);
  }

  async release(owner: string, seen: SeenCase, reason: string): Promise<void> {
    await this.decideHold(owner, seen, 'release', { reason });
  }

  async stop(owner: string, seen: SeenCase, stoppedFrom: string, reason: string): Promise<void> {
    await this.decideHold(owner, seen, 'stop', { stoppedFrom, reason, remedy: REMEDY });
  }

  private async decideHold(
    owner: string,
    seen: SeenCase,
    action: 'release' | 'stop',
    body: unknown,
  ): Promise<void> {
    const { roles, department } = seen.task!;
    const role = roles[0]!;
    const actor = demoActor(role, role === 'member-unit' ? department : null);
    await this.act(owner, await this.findCase(owner, seen.caseId), action, actor, body);
  }

  /** A command on a case, as it was seen. */
  act(
    owner: string,
    { caseId, version }: Pick<SeenCase, 'caseId' | 'version'>,
    action: string,
    actor: Actor,
    body: unknown,
  ): Promise<unknown> {
    return this.system.call(owner, 'POST', `/${owner}/cases/${caseId}/${action}`, {
      actor,
      body,
      headers: { 'if-match': `"${version}"` },
    });
  }
}
