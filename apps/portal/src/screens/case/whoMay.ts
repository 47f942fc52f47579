import type { CaseDetail } from '../../api/cases';
import type { Me } from '../../api/session';

type Task = NonNullable<CaseDetail['task']>;

/** Whether somebody holds a post that does the task; the service decides again. */
export function mayDo(me: Me | undefined, task: Task): boolean {
  return (
    me?.posts.some(
      (post) =>
        task.roles.includes(post.role) && (task.department === null || post.department === task.department),
    ) ?? false
  );
}

/** The definition of the step that is to be done; the steps of a chain that are no item's own (consent, place) have none. */
export const stepOf = (detail: CaseDetail) => detail.steps.find(({ step }) => step === detail.task?.step);
