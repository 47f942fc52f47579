import { DomainError } from '@app/kernel';

/** What is sent is in force already. */
export class CalendarUnchanged extends DomainError {
  readonly slug = 'calendar-unchanged';
  readonly kind = 'conflict';
  constructor() {
    super(
      '这份日历与现行日历没有差别，无需发布 · this calendar is in force already, there is nothing to publish',
    );
  }
}
