import { useSearchParams } from 'react-router';
import { stuckKinds, useStuckCounts, type StuckKind } from '../../api/supervision';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { useTexts } from '../../texts/TextsProvider';
import { StuckList } from './StuckList';

/** S4: what in the chains of a place does not move, reason by reason. */
export function StuckScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const chosen = stuckKinds.find((each) => each === query.get('kind')) ?? 'unanswered';
  const counts = useStuckCounts();
  const labelOf = (kind: StuckKind) => {
    const count = counts.data?.[kind];
    return count
      ? t.stuck.counted(t.stuck.kinds[kind], t.queue.total(count.value, count.atLeast))
      : t.stuck.kinds[kind];
  };
  return (
    <Page title={t.stuck.title}>
      <Tabs
        name={t.stuck.tabsLabel}
        chosen={chosen}
        choose={(kind) => setQuery(kind === 'unanswered' ? {} : { kind })}
        tabs={stuckKinds.map((key) => ({ key, label: labelOf(key) }))}
      >
        <p>{t.stuck.explained[chosen]}</p>
        <StuckList key={chosen} kind={chosen} refreshed={() => void counts.refetch()} />
      </Tabs>
    </Page>
  );
}
