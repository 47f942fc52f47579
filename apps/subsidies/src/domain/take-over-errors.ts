import { DomainError } from '@app/kernel';
import type { TakeOverState } from './take-over.js';

/** It does not exist, or it is out of the caller's reach: nobody can tell which. */
export class TakeOverNotFound extends DomainError {
  readonly slug = 'take-over-not-found';
  readonly kind = 'not-found';
  constructor() {
    super('没有找到这次存量接管，或者它不在您的管辖范围内。请核对编号。');
  }
}

/** One at a time per county. */
export class TakeOverUnderWay extends DomainError {
  readonly slug = 'take-over-under-way';
  readonly kind = 'conflict';
  constructor(day: string) {
    super(`本县已有一次以${day}为接管日的存量接管尚未办结，请先办结或撤销，再按新的接管日办理。`, { day });
  }
}

const stateNames: Readonly<Record<TakeOverState, string>> = {
  'dry-run': '试运行',
  loaded: '已导入，待各村放行',
  released: '各村已放行',
  closed: '已办结',
  undoing: '撤销中',
  undone: '已撤销',
};

export class TakeOverNotReady extends DomainError {
  readonly slug = 'take-over-not-ready';
  readonly kind = 'conflict';
  constructor(state: TakeOverState) {
    super(`这次存量接管目前处于“${stateNames[state]}”，不能办理这一步。请刷新后查看。`, { state });
  }
}

/** Lists came in since they were compared, or were never compared. */
export class TakeOverNotChecked extends DomainError {
  readonly slug = 'take-over-not-checked';
  readonly kind = 'conflict';
  constructor() {
    super('名单在上次比对之后有变动，或者还没有比对。请先试运行，核对结果后再导入。');
  }
}

/** Somebody has decided on what it made: it stands. */
export class TakeOverDecidedOn extends DomainError {
  readonly slug = 'take-over-decided-on';
  readonly kind = 'conflict';
  constructor(readonly what: 'pay-run' | 'case') {
    super(
      what === 'pay-run'
        ? '接管后已有发放批次，存量接管不能整体撤销。请先作废未下达的批次；已下达的，请逐项更正。'
        : '接管的事项已有人办理，存量接管不能整体撤销。请对有误的事项逐项更正。',
      { what },
    );
  }
}

/** Nothing is there to be released, or it was released before and nothing was found since. */
export class VillageNotToRelease extends DomainError {
  readonly slug = 'village-not-to-release';
  readonly kind = 'conflict';
  constructor() {
    super('这个村没有待放行的名单，或者已经放行。请刷新后查看。');
  }
}

/** The list of the village is not the one that was seen. */
export class VillageListChanged extends DomainError {
  readonly slug = 'village-list-changed';
  readonly kind = 'conflict';
  constructor() {
    super('这个村的名单已有变动，请刷新并核对后再放行。');
  }
}

/** The case did not come by a take-over of the county. */
export class CaseNotTakenOver extends DomainError {
  readonly slug = 'case-not-taken-over';
  readonly kind = 'conflict';
  constructor() {
    super('没有找到这件接管的在办事项，或者它不在您的管辖范围内。请核对编号。');
  }
}

/** The county of the run was not taken over, or its first run is signed. */
export class NoDifferenceToSign extends DomainError {
  readonly slug = 'no-difference-to-sign';
  readonly kind = 'not-found';
  constructor() {
    super('这个发放批次不是存量接管后的首个批次，或者差异已经签署办结。');
  }
}

/** What is to be signed is no longer what was seen. */
export class DifferenceChanged extends DomainError {
  readonly slug = 'difference-changed';
  readonly kind = 'conflict';
  constructor() {
    super('差异清单已有变动，与您看到的不一致。请刷新并逐行核对后再签署。');
  }
}

export class DifferenceFourEyes extends DomainError {
  readonly slug = 'four-eyes';
  readonly kind = 'conflict';
  constructor() {
    super('差异清单须由两人分别签署，请交由其他有权人员签署。');
  }
}

/** The first run of a county that was taken over waits for two signatures. */
export class DifferenceNotSigned extends DomainError {
  readonly slug = 'difference-not-signed';
  readonly kind = 'conflict';
  constructor() {
    super('存量接管后的首个批次须先由两人签署与旧名单的逐行差异，再导出。请核对差异清单并签署。');
  }
}

/** Two rows of one request say that they are the same occurrence of the same. */
export class RowsNotDistinct extends DomainError {
  readonly slug = 'rows-not-distinct';
  readonly kind = 'invalid';
  constructor(rows: readonly number[]) {
    super(`第${rows.join('、')}行的序次重复，没有接收。请为同一事项的各行依次编号后重新上传。`, { rows });
  }
}
