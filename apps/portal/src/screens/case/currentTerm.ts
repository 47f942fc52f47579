import { serverNow } from '../../api/client';
import { useTerms, type CaseDetail, type CaseKey, type ExplainedTerms, type Term } from '../../api/cases';
import { dayOf, type ChipTerm } from '../../components/case/deadline';

type Explained = ExplainedTerms['terms'][number];

/** The term of the office that runs now, if one does; the step that is to be done first. */
export function currentTermOf(detail: CaseDetail): Term | null {
  const running = detail.clocks.filter(({ holder, status }) => holder === 'office' && status === 'running');
  return running.find(({ step }) => step === detail.task?.step) ?? running[0] ?? null;
}

/** As the chip shows it, with the counted days that are left once they have been counted out. */
export function chipTermOf(term: Term, explained: Explained | undefined): ChipTerm {
  const today = dayOf(serverNow());
  const workingDaysLeft =
    explained && term.unit === 'working-day'
      ? explained.days.filter(({ counted, day }) => counted && day > today).length
      : null;
  return {
    kind: term.kind,
    due: term.dueAt ?? term.dueDay,
    provisional: term.provisional,
    paused: term.paused,
    status: term.status,
    mark: term.mark,
    workingDaysLeft,
  };
}

export function useCurrentTerm(which: CaseKey, detail: CaseDetail): ChipTerm | null {
  const { data } = useTerms(which);
  const term = currentTermOf(detail);
  return (
    term &&
    chipTermOf(
      term,
      data?.terms.find(({ clockId }) => clockId === term.clockId),
    )
  );
}
