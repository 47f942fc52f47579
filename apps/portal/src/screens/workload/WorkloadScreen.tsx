import { useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useWorkload, type HolderLoad, type WaitingLoad } from '../../api/supervision';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { AsOf } from '../../components/state/AsOf';
import { Loaded } from '../../components/state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import { HolderTable } from './HolderTable';
import { LoadCases, type ShownLoad } from './LoadCases';
import { WaitingTable } from './WaitingTable';

const tabs = ['holders', 'waiting'] as const;

/** S2: who has what in hand and did how much, what nobody has taken, and giving it to somebody else. */
export function WorkloadScreen() {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const chosen = tabs.find((each) => each === query.get('tab')) ?? 'holders';
  // Whose cases are shown: a colleague's user id stands in no address.
  const [shown, setShown] = useState<ShownLoad | null>(null);
  // What was pressed to show them has the focus again when they go; the page, where it has gone too.
  const opener = useRef<HTMLElement | null>(null);
  const show = (load: ShownLoad) => {
    opener.current = document.activeElement as HTMLElement | null;
    setShown(load);
  };
  const close = () => {
    setShown(null);
    const back = opener.current?.isConnected
      ? opener.current
      : document.querySelector<HTMLElement>('main h1');
    back?.focus();
  };
  const found = useWorkload();
  const showHolder = ({ userId, name }: HolderLoad) =>
    show({ title: t.workload.casesOf(name ?? t.queue.colleague), question: { holder: userId } });
  const showWaiting = ({ doers, roles, department, divisionCode, divisionName, unitId }: WaitingLoad) =>
    show({
      title: t.workload.waitingOf(
        t.rolesAndDepartment(roles, department),
        divisionName ?? t.case.placeUnknown,
      ),
      question: { waitsFor: { doers: [...doers], unitId }, division: divisionCode },
    });
  return (
    <Page title={t.workload.title}>
      <Loaded query={found} what={t.workload.title}>
        {({ holders, waiting, doneSince, asOf, stale }) => (
          <>
            <AsOf what={t.workload.title} asOf={asOf} stale={stale} refresh={() => void found.refetch()} />
            <Tabs
              name={t.workload.tabsLabel}
              chosen={chosen}
              choose={(tab) => {
                setShown(null);
                setQuery(tab === 'holders' ? {} : { tab });
              }}
              tabs={tabs.map((key) => ({ key, label: t.workload.tabs[key] }))}
            >
              {chosen === 'holders' && (
                <HolderTable holders={holders} doneSince={doneSince} show={showHolder} />
              )}
              {chosen === 'waiting' && <WaitingTable waiting={waiting} show={showWaiting} />}
            </Tabs>
            {shown && <LoadCases key={shown.title} load={shown} close={close} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}
