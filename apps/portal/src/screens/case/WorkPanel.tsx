import { useMe } from '../../api/session';
import type { CaseDetail } from '../../api/cases';
import { Banner } from '../../components/state/Banner';
import { useTexts } from '../../texts/TextsProvider';
import { ConsentForm } from './ConsentForm';
import { DecisionForm } from './DecisionForm';
import { HandOverCaseForm } from './HandOverCaseForm';
import { HoldForm } from './HoldForm';
import { StepForm } from './StepForm';
import { StepList } from './StepList';
import { SupplementForm } from './SupplementForm';
import type { Acting } from './useActing';
import { mayDo, stepOf } from './whoMay';

interface WorkPanelProps {
  readonly detail: CaseDetail;
  readonly acting: Acting;
}

/** The steps of the item, and what is to be done now. */
export function WorkPanel({ detail, acting }: WorkPanelProps) {
  const t = useTexts();
  return (
    <>
      <h2>{t.case.steps}</h2>
      <StepList detail={detail} />
      <h2>{t.case.now}</h2>
      <Task detail={detail} acting={acting} />
    </>
  );
}

function Task({ detail, acting }: WorkPanelProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const { task, claim } = detail;
  if (!task) return <Banner kind="info" title={t.case.nothingToDo(t.caseStatuses[detail.status])} />;
  const title = stepOf(detail)?.title ?? t.chainSteps[task.step] ?? t.case.thisStep;
  const who = t.rolesAndDepartment(task.roles, task.department);
  if (!mayDo(me, task)) return <Banner kind="info" title={t.case.doneByOthers(title, who)} />;
  if (claim && claim.by !== me?.userId) return <Banner kind="info" title={t.case.claimedByOther} />;
  return (
    <>
      <p>{t.case.taskIs(title, who)}</p>
      {detail.waitsForPapers && <Banner kind="warning" title={t.case.waitsForPapers} />}
      <TaskForm detail={detail} acting={acting} />
    </>
  );
}

function TaskForm({ detail, acting }: WorkPanelProps) {
  const t = useTexts();
  const step = stepOf(detail);
  if (detail.status === 'held') return <HoldForm acting={acting} />;
  if (detail.task?.step === 'consent') return <ConsentForm acting={acting} personId={detail.personId} />;
  if (detail.task?.step === 'hand-over') return <HandOverCaseForm acting={acting} />;
  if (!step) return <Banner kind="info" title={t.case.notHere} />;
  return (
    <>
      {step.kind === 'decide' ? (
        <DecisionForm detail={detail} acting={acting} />
      ) : (
        <StepForm key={step.step} step={step} detail={detail} acting={acting} />
      )}
      {detail.missingMaterials.length > 0 && <SupplementForm detail={detail} acting={acting} />}
    </>
  );
}
