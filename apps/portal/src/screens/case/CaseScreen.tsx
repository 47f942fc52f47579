import { useParams, useSearchParams } from 'react-router';
import { useCase, type CaseDetail, type CaseKey } from '../../api/cases';
import { usePerson } from '../../api/persons';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { Loaded } from '../../components/state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import { CaseHistory } from './CaseHistory';
import { DocumentList } from './DocumentList';
import { IdentityBar } from './IdentityBar';
import { MaterialList } from './MaterialList';
import { Reasons } from './Reasons';
import { TermAccounts } from './TermAccounts';
import { useActing } from './useActing';
import { WorkPanel } from './WorkPanel';

const tabs = ['work', 'materials', 'terms', 'documents', 'history'] as const;

/** W4: one matter of one person, and what is to be done about it. */
export function CaseScreen() {
  const { owner = '', caseId = '' } = useParams();
  const which = { owner, caseId };
  const t = useTexts();
  const query = useCase(which);
  return (
    <Page title={query.data?.title ?? t.case.title} heading={<CaseHeading detail={query.data} />}>
      <Loaded query={query} what={t.case.title}>
        {(detail) => <CaseBody key={caseId} which={which} detail={detail} />}
      </Loaded>
    </Page>
  );
}

/** What and who: the item, and the masked name as far as one may see it. */
function CaseHeading({ detail }: { readonly detail: CaseDetail | undefined }) {
  const t = useTexts();
  const { data: person } = usePerson(detail?.personId);
  if (!detail) return t.case.title;
  return person ? t.case.heading(detail.title, person.name) : detail.title;
}

function CaseBody({ which, detail }: { readonly which: CaseKey; readonly detail: CaseDetail }) {
  const t = useTexts();
  const [query, setQuery] = useSearchParams();
  const acting = useActing(which, detail);
  const tab = tabs.find((each) => each === query.get('tab')) ?? 'work';
  const panels = {
    work: (
      <>
        <WorkPanel detail={detail} acting={acting} />
        <Reasons detail={detail} />
      </>
    ),
    materials: <MaterialList which={which} detail={detail} acting={acting} />,
    terms: <TermAccounts which={which} />,
    documents: <DocumentList which={which} detail={detail} />,
    history: <CaseHistory detail={detail} />,
  };
  return (
    <>
      <IdentityBar which={which} detail={detail} acting={acting} />
      <Tabs
        name={t.case.title}
        chosen={tab}
        choose={(key) => setQuery(key === 'work' ? {} : { tab: key }, { replace: true })}
        tabs={tabs.map((key) => ({ key, label: t.case.tabs[key] }))}
      >
        {panels[tab]}
      </Tabs>
    </>
  );
}
