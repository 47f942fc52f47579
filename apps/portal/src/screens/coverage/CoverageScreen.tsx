import { useSearchParams } from 'react-router';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { useTexts } from '../../texts/TextsProvider';
import './coverage.css';
import { GapLists } from './GapLists';
import { LatestRun } from './LatestRun';
import { StartRun } from './StartRun';
import { TrendTable } from './TrendTable';
import { VillageTable } from './VillageTable';

const tabs = ['lists', 'villages', 'trend'] as const;

/** S5: nobody is left out. What the last run found, by list and by village, and how it went from run to run. */
export function CoverageScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const chosen = tabs.find((each) => each === query.get('tab')) ?? 'lists';
  return (
    <Page title={t.coverage.title} actions={<StartRun />}>
      <LatestRun />
      <Tabs
        name={t.coverage.tabsLabel}
        chosen={chosen}
        choose={(tab) => setQuery(tab === 'lists' ? {} : { tab })}
        tabs={tabs.map((key) => ({ key, label: t.coverage.tabs[key] }))}
      >
        {chosen === 'lists' && <GapLists />}
        {chosen === 'villages' && <VillageTable />}
        {chosen === 'trend' && <TrendTable />}
      </Tabs>
    </Page>
  );
}
