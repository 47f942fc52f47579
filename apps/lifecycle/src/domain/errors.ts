import { DomainError } from '@app/kernel';

/** Not on file here, or out of the caller's reach: nobody can tell which. */
export class PersonNotFound extends DomainError {
  readonly slug = 'person-not-found';
  readonly kind = 'not-found';
  constructor(personId: string) {
    super('没有找到此人，或者不在您的管辖范围内。请核对编号；刚登记的人员请稍后再试。', { personId });
  }
}

/** Without birth date, sex and a region nothing can be worked out. */
export class PersonNotDetermined extends DomainError {
  readonly slug = 'person-not-determined';
  readonly kind = 'conflict';
  constructor(personId: string) {
    super('此人的基础信息尚未送达，或所在县（市、区）没有事项目录，暂时无法认定。请先在人员登记中补全。', {
      personId,
    });
  }
}
