import type { CaseStanding } from '@app/files';
import { endedStatuses } from '../../domain/case.js';

const ended = endedStatuses.map((status) => `'${status}'`).join(', ');

/**
 * What holds the papers of a case: that it runs, or that a decision of it is being looked at again. It counts as ended on the day of its
 * last change: later at most than it ended, so that nothing goes too early.
 */
export const caseStanding: CaseStanding = {
  sql: `select c.case_id,
    case when c.status in (${ended}) then (c.changed_at at time zone 'Asia/Shanghai')::date end as ended_on,
    case when c.status not in (${ended}) then 'open'
      when exists (select from case_challenges h where h.case_id = c.case_id and h.status in ('received', 'accepted')) then 'challenged' end as held
    from cases c`,
};
