import { departments, roles, type Role } from '@app/access';
import type { ItemInForce } from '@app/catalogue';
import type { Owner } from '@app/contracts';
import type { HoldingStatus } from '../domain/holding.js';

/** What holds an item, and who must act next. */
export interface WaitsFor {
  readonly step: string;
  readonly zh: string;
  readonly roles: Role[];
  readonly department: string | null;
}

/** The federation's officer for what a service owns, where the item names nobody. */
export const officers: Readonly<Record<Owner, Role>> = {
  certification: 'card-officer',
  subsidies: 'benefit-officer',
  rehabilitation: 'rehab-officer',
  employment: 'employment-officer',
  'legal-aid': 'rights-officer',
  accessibility: 'accessibility-officer',
  community: 'care-officer',
};
export const besidePerson: readonly Role[] = ['village-liaison', 'commissioner', 'township-chair'];

/**
 * Who holds a case where its owner last said that it stands; null: nobody has to do anything.
 * @param item in the version of the case; undefined for one that the catalogue no longer has
 */
export function waitsFor(
  status: HoldingStatus,
  nextStep: string | null,
  owner: Owner,
  item: ItemInForce | undefined,
): WaitsFor | null {
  const officer = officers[owner];
  const steps = item?.steps ?? [];
  const at = (step: (typeof steps)[number] | undefined, otherwise: string): WaitsFor =>
    named(
      step?.id ?? otherwise,
      step?.title.zh ?? '办理',
      [step?.role ?? officer],
      step?.department ?? item?.department ?? null,
    );
  switch (status) {
    case 'planned':
      return { step: 'answer', zh: '等待承办系统建立事项', roles: [], department: null };
    case 'invited':
      return named('consent', '征求本人意见', besidePerson, null);
    case 'listed': {
      const first = steps[0];
      const keepers = first && first.role !== officer ? [first.role, officer] : [officer];
      return named(
        'hand-over',
        '接收名单并办理或移交',
        keepers,
        first?.department ?? item?.department ?? null,
      );
    }
    case 'open':
      return at(
        steps.find(({ id }) => id === nextStep) ?? steps.find(({ when }) => when === undefined),
        'work',
      );
    case 'deciding':
    case 'waiting':
      return at(
        steps.find(({ id }) => id === nextStep) ?? steps.find(({ kind }) => kind === 'decide'),
        'decide',
      );
    case 'held': {
      const decider = steps.find(({ kind }) => kind === 'decide');
      return named(
        'hold',
        '决定恢复或停止',
        [decider?.role ?? officer],
        decider?.department ?? item?.department ?? null,
      );
    }
    case 'granted':
    case 'refused':
    case 'declined':
    case 'handed-over':
    case 'stopped':
    case 'withdrawn':
      return null;
  }
}

function named(step: string, what: string, who: readonly Role[], department: string | null): WaitsFor {
  const place =
    department && department in departments ? departments[department as keyof typeof departments] : '';
  const names = who.map((role) => roles[role].title).join('、');
  return { step, zh: `${what}（${place ? `${place}：` : ''}${names}）`, roles: [...who], department };
}
