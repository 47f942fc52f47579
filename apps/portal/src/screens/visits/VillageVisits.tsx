import { Checkbox } from 'antd';
import { Link } from 'react-router';
import type { WaitingVisit } from '../../api/visits';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import type { Village } from './villagesOf';

interface VillageVisitsProps {
  readonly village: Village<WaitingVisit>;
  readonly chosen: readonly string[];
  choose(persons: readonly string[], on: boolean): void;
}

/** Whoever waits in one village, each with all that one visit serves. */
export function VillageVisits({ village, chosen, choose }: VillageVisitsProps) {
  const t = useTexts();
  const place = village.place ?? t.case.placeUnknown;
  const persons = village.visits.map(({ personId }) => personId);
  const all = persons.every((each) => chosen.includes(each));
  return (
    <section className="visit-village" aria-labelledby={`village-${village.code}`}>
      <h2 id={`village-${village.code}`}>{t.visits.villageCount(place, persons.length)}</h2>
      <Checkbox className="no-print" checked={all} onChange={({ target }) => choose(persons, target.checked)}>
        {t.visits.chooseVillage(place)}
      </Checkbox>
      <ul className="visit-list">
        {village.visits.map(({ personId, personName, matters }) => (
          <li key={personId}>
            <h3>{personName ?? t.visits.personUnnamed}</h3>
            <ul>
              {matters.map(({ owner, caseId, title, task, term }) => (
                <li key={caseId}>
                  <Link to={caseAt(owner, caseId)}>
                    {t.visits.matter(title, task?.title ?? t.case.thisStep)}
                  </Link>{' '}
                  {term && (
                    <DeadlineChip
                      term={{
                        kind: term.kind,
                        due: term.dueAt,
                        provisional: term.provisional,
                        paused: term.paused,
                      }}
                    />
                  )}
                </li>
              ))}
            </ul>
            <Checkbox
              className="no-print"
              checked={chosen.includes(personId)}
              onChange={({ target }) => choose([personId], target.checked)}
            >
              {t.visits.choose(personName ?? t.visits.personUnnamed)}
            </Checkbox>
            <p className="print-only visit-lines">{t.visits.signHere}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
