import { permissions, roles, type Department, type Role } from '@app/access';
import type { ExtensionRule, RungPlan, Term } from '@app/clocks';
import type { ItemMode, Owner } from '@app/contracts';
import type { AcceptIncompleteRule, SupplementRule } from './paper-rules.js';
import type { ItemRemedy, RemedyTerm } from './item-remedy.js';

/** How long a step may take, as the item's text says. `unknown`, or no number, never becomes overdue. */
export interface StepLimit extends Pick<
  Term,
  'value' | 'unit' | 'kind' | 'basis' | 'dayOne' | 'rollOver' | 'pauses' | 'window'
> {
  readonly extension?: ExtensionRule | undefined;
  /** The step from whose end it runs, or `application`: the day on which the person applied. Absent: the step before. */
  readonly from?: string | undefined;
}

/** One step of an item: work is done, a decision is granted or refused. */
export interface ItemStep {
  readonly id: string;
  readonly title: string;
  readonly kind: 'work' | 'decide';
  readonly role: Role;
  readonly department: Department | null;
  readonly limit: StepLimit | null;
  /** Who is told when; absent: the usual ladder. */
  readonly rungs?: RungPlan | undefined;
}

/** What a case needs of its service item, in the version by which it is judged for life. */
export interface CaseItem {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly owner: Owner;
  readonly mode: ItemMode;
  readonly department: Department | null;
  /** A yearly quota with a published ranking: who is entitled may have to wait. */
  readonly rationed: boolean;
  readonly steps: readonly ItemStep[];
  /** Papers that only the person can bring; what is on file or can be fetched is never asked for. */
  readonly askedMaterials: readonly string[];
  /** What each of these is called, in Chinese. */
  readonly materialTitles: Readonly<Record<string, string>>;
  /** Null: no source says how missing papers are asked for; they are, once, and no term is touched. */
  readonly supplement: SupplementRule | null;
  /** Null: nothing may be accepted before its papers are complete. */
  readonly acceptIncomplete: AcceptIncompleteRule | null;
  /** How a person can have its decisions looked at again; none where no source names one. */
  readonly remedies: readonly ItemRemedy[];
  /** How long a public notice (公告送达) runs before it counts as service; null: no text says. */
  readonly publicNotice: RemedyTerm | null;
  /** Within how long a document is served; null: nothing says. */
  readonly serveWithin: RemedyTerm | null;
  /** Within how long it is decided in all, beside the terms of the steps; null: no text says. */
  readonly overall: StepLimit | null;
  /** Within how long after the decision the person is told of a refusal; null: no text says. */
  readonly tellRefusal: RemedyTerm | null;
}

/** Roles, and for member units the department, of which an action needs one. */
export interface Doer {
  readonly roles: readonly Role[];
  readonly department: Department | null;
}

/** The federation's officer for what a service owns. */
export const officerOf: Readonly<Record<Owner, Role>> = {
  certification: 'card-officer',
  subsidies: 'benefit-officer',
  rehabilitation: 'rehab-officer',
  employment: 'employment-officer',
  'legal-aid': 'rights-officer',
  accessibility: 'accessibility-officer',
  community: 'care-officer',
};

/** Who stands beside the person in village and township, and may take down a consent or a refusal. */
export const besidePerson: readonly Role[] = ['village-liaison', 'commissioner', 'township-chair'];

/** Whether a role sees only what is placed with its unit. */
export function isByPlacement(role: Role): boolean {
  return roles[role].reach === 'placement';
}

function doerOfStep(item: CaseItem, step: ItemStep): Doer {
  return doing([step.role], step.department ?? item.department);
}

/** Only member units act for a department. */
function doing(roles: readonly Role[], department: Department | null): Doer {
  return { roles, department: roles.includes('member-unit') ? department : null };
}

/** Who does a step. */
export function doerOf(item: CaseItem, stepId: string): Doer | undefined {
  const step = item.steps.find(({ id }) => id === stepId);
  return step && doerOfStep(item, step);
}

/** Who takes down consent or refusal of the person. */
export function receiverOf(item: CaseItem): Doer {
  const first = item.steps[0];
  const own = first?.role ?? officerOf[item.owner];
  return doing([...besidePerson.filter((role) => role !== own), own], first?.department ?? item.department);
}

/** Who takes down an application: nobody sees by placement a case that is not there yet, so for an institution the officer does. */
export function applicantsDeskOf(item: CaseItem): Doer {
  const { roles: receivers, department } = receiverOf(item);
  const byPlace = receivers.filter((role) => !isByPlacement(role));
  const officer = officerOf[item.owner];
  return doing(
    byPlace.length === receivers.length || byPlace.includes(officer) ? byPlace : [...byPlace, officer],
    department,
  );
}

/** Who finds the institution for a case: the officer, the township, and of the item's own roles those whose duty it is. */
export function placersOf(item: CaseItem): Doer {
  const own = item.steps.map(({ role }) => role).filter((role) => permissions['case:place'].includes(role));
  return {
    roles: [...new Set([officerOf[item.owner], ...own, 'township-chair' as const])],
    department: null,
  };
}

/** Who looks whether a paper is in order: whoever has a step in the item, and the officer. */
export function reviewersOf(item: CaseItem): Doer {
  const own = item.steps.map(({ role }) => role);
  const department =
    item.department ?? item.steps.find(({ department: of }) => of !== null)?.department ?? null;
  return doing([...new Set([...own, officerOf[item.owner]])], department);
}

/** Who grants, refuses, releases and stops: the role of the decision; without one, the service's officer. */
export function deciderOf(item: CaseItem): Doer {
  const decision = item.steps.find(({ kind }) => kind === 'decide');
  return decision ? doerOfStep(item, decision) : doing([officerOf[item.owner]], null);
}

/** Who hands a listed case to another body, or takes back what nobody took up. */
export function keeperOf(item: CaseItem): Doer {
  const first = item.steps[0];
  const officer = officerOf[item.owner];
  return doing(
    first && first.role !== officer ? [first.role, officer] : [officer],
    first?.department ?? item.department,
  );
}

/** Who brings documents to the person, and takes down what the person asks for: whoever stands beside them, decides or works on it; no institution. */
export function counterOf(item: CaseItem): Doer {
  const { roles, department } = registrarsOf(item);
  const beside = receiverOf(item).roles.filter((role) => !isByPlacement(role));
  return { roles: [...new Set([...beside, ...roles])], department };
}

/** Who writes down what other bodies say: whoever decides, the service's officer, and who has a step. */
export function registrarsOf(item: CaseItem): Doer {
  const decider = deciderOf(item);
  const reviewers = reviewersOf(item);
  return {
    roles: [...new Set([...decider.roles, ...reviewers.roles])].filter((role) => !isByPlacement(role)),
    department: decider.department ?? reviewers.department,
  };
}
