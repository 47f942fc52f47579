import type { CaseDetail } from '../../api/cases';
import { useMe } from '../../api/session';
import { useTexts } from '../../texts/TextsProvider';

/** The steps in their order: done by whom and when, the one that is to be done, and those to come. */
export function StepList({ detail }: { readonly detail: CaseDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <ol className="steps">
      {detail.steps.map(({ step, title, role, department, done }) => {
        const current = step === detail.task?.step;
        const state = done ? 'done' : current ? 'current' : 'later';
        return (
          <li key={step} className={`step step-${state}`} aria-current={current ? 'step' : undefined}>
            <span className="step-mark" aria-hidden="true">
              {done ? '✓' : current ? '▶' : '○'}
            </span>
            <div>
              <p className="step-title">
                {title} <span className="step-state">{t.case.stepStates[state]}</span>
              </p>
              <p className="step-note">
                {done
                  ? t.case.doneBy(
                      t.roleName(done.role),
                      done.by === me?.userId,
                      t.format.moment(new Date(done.at)),
                    )
                  : t.rolesAndDepartment([role], department)}
              </p>
              {done?.note && <p className="step-note">{t.case.note(done.note)}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
