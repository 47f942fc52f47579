import type { Department } from '@app/access';
import { UnitNotPossible } from './organisation-errors.js';
import { kindOf, type UnitKind } from './unit-kind.js';
import { divisionAbove, levelOf } from './unit-reach.js';

/** A unit as it stands on a day. */
export interface Unit {
  readonly unitId: string;
  readonly kind: UnitKind;
  readonly department: Department | null;
  readonly name: string;
  readonly parentId: string | null;
  readonly divisionCode: string;
  /** First and last day (inclusive) of the unit itself; `validTo` null: until further notice. */
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly version: number;
}

export interface NewUnit {
  readonly unitId: string;
  readonly kind: UnitKind;
  readonly department: Department | null;
  readonly name: string;
  /** Needed for a division; an office or institution has the code of what it hangs on. */
  readonly divisionCode: string | null;
  readonly validFrom: string;
}

/**
 * A new unit under another.
 * @throws UnitNotPossible with what to do instead
 */
export function foundUnit(wanted: NewUnit, parent: Unit | null, today: string): Unit {
  const { title, under, class: unitClass } = kindOf(wanted.kind);
  if (wanted.validFrom > today) throw new UnitNotPossible('设立日晚于今天，请在设立当日登记。');
  if ((wanted.kind === 'department') !== (wanted.department !== null)) {
    throw new UnitNotPossible('只有残工委成员单位需要填写部门，且必须填写。', { kind: wanted.kind });
  }
  if (parent && !under.includes(parent.kind)) {
    throw new UnitNotPossible(`“${title}”不能设在“${kindOf(parent.kind).title}”之下，请选择其他上级单位。`);
  }
  if (parent && wanted.validFrom < parent.validFrom) {
    throw new UnitNotPossible('设立日早于上级单位的设立日，请核对日期。');
  }
  if (unitClass !== 'division') {
    if (!parent) throw new UnitNotPossible(`请填写“${title}”所在的上级单位。`);
    return {
      ...wanted,
      divisionCode: parent.divisionCode,
      parentId: parent.unitId,
      validTo: null,
      version: 1,
    };
  }
  return {
    ...wanted,
    divisionCode: divisionOf(wanted, parent),
    parentId: parent?.unitId ?? null,
    validTo: null,
    version: 1,
  };
}

function divisionOf({ kind, divisionCode }: NewUnit, parent: Unit | null): string {
  if (divisionCode === null) throw new UnitNotPossible('请填写12位区划代码。');
  if (levelOf(divisionCode) !== kind) {
    throw new UnitNotPossible(`这个区划代码不是“${kindOf(kind).title}”的代码，请核对代码和单位类型。`, {
      divisionCode,
    });
  }
  if (parent ? divisionAbove(divisionCode) !== parent.divisionCode : kind !== 'city' && kind !== 'county') {
    throw new UnitNotPossible('区划代码不在上级单位的区划之内，请核对代码和上级单位。', { divisionCode });
  }
  return divisionCode;
}
