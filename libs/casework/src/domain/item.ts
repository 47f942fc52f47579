import type { Department, Role } from '@app/access';
import type { ItemMode, Owner } from '@app/contracts';

/** How long a step may take. `unknown`, or no number, never becomes overdue. */
export interface StepLimit {
  readonly value: number | null;
  readonly unit: 'working-day' | 'natural-day' | 'month';
  readonly kind: 'statutory' | 'local_rule' | 'promised' | 'unknown';
  readonly basis: string;
}

/** One step of an item: work is done, a decision is granted or refused. */
export interface ItemStep {
  readonly id: string;
  readonly title: string;
  readonly kind: 'work' | 'decide';
  readonly role: Role;
  readonly department: Department | null;
  readonly limit: StepLimit | null;
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

/** Who takes down consent, refusal or an application of the person. */
export function receiverOf(item: CaseItem): Doer {
  const first = item.steps[0];
  const own = first?.role ?? officerOf[item.owner];
  return doing([...besidePerson.filter((role) => role !== own), own], first?.department ?? item.department);
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
