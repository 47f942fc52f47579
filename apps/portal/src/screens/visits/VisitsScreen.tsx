import { Button } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useVisits, type VisitPage } from '../../api/visits';
import { Page } from '../../components/page/Page';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { Pager } from '../../components/table/Pager';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { TakeAlong } from './TakeAlong';
import { todayHere } from './today';
import { VillageVisits } from './VillageVisits';
import { villagesOf } from './villagesOf';
import './visits.css';

/** W13: whom one has to visit at home, village by village; what is chosen is taken along, or printed. */
export function VisitsScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const after = query.get('after');
  const visits = useVisits(after);
  return (
    <Page
      title={t.visits.title}
      actions={
        <Link to={routes.visitsAway} className="visit-link">
          {t.visits.away.link}
        </Link>
      }
    >
      <Loaded query={visits} what={t.visits.page}>
        {(page) => (
          <VisitList
            key={after}
            page={page}
            onFirst={after === null ? undefined : () => setQuery({})}
            onNext={page.next ? () => setQuery({ after: page.next! }) : undefined}
          />
        )}
      </Loaded>
    </Page>
  );
}

interface VisitListProps {
  readonly page: VisitPage;
  readonly onFirst: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
}

function VisitList({ page: { visits, stale }, onFirst, onNext }: VisitListProps) {
  const t = useTexts();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  if (visits.length === 0) {
    return <EmptyState title={t.visits.none} action={<Link to={routes.queue}>{t.visits.toQueue}</Link>} />;
  }
  const choose = (persons: readonly string[], on: boolean) =>
    setChosen([...chosen.filter((each) => !persons.includes(each)), ...(on ? persons : [])]);
  return (
    <div className="visits">
      <p className="no-print">{t.visits.lead}</p>
      <p className="print-only">{t.visits.printed(t.format.day(todayHere()))}</p>
      {stale && <Banner kind="info" title={t.visits.stale} />}
      {villagesOf(visits, ({ divisionName }) => divisionName).map((village) => (
        <VillageVisits key={village.code} village={village} chosen={chosen} choose={choose} />
      ))}
      <Pager
        name={t.visits.more}
        position={t.visits.position(visits.length)}
        onFirst={onFirst}
        onNext={onNext}
      />
      <p className="no-print">
        <Button onClick={() => print()}>{t.visits.print}</Button>
      </p>
      <TakeAlong
        chosen={visits.filter(({ personId }) => chosen.includes(personId))}
        taken={() => setChosen([])}
      />
    </div>
  );
}
