import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { usePerson, type PersonFile } from '../../api/persons';
import { isProblem } from '../../api/problem';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { Tabs } from '../../components/page/Tabs';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Failure } from '../../components/state/Failure';
import { Loaded } from '../../components/state/Loaded';
import { chainAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { Benefits } from './Benefits';
import { CardPanel } from './CardPanel';
import { CasesOfPerson } from './CasesOfPerson';
import { FactTable } from './FactTable';
import { Guardians } from './Guardians';
import { HouseholdTable } from './HouseholdTable';
import { Messages } from './Messages';
import './person.css';
import { ReadsInClear } from './ReadsInClear';
import { ServiceTable } from './ServiceTable';
import { WhoItIs } from './WhoItIs';

/** Each section of the file, and who has it. */
const sections = [
  { key: 'who', needs: ['person:read', 'person:read-placed'] },
  { key: 'facts', needs: ['person:read'] },
  { key: 'family', needs: ['person:read'] },
  { key: 'card', needs: ['card:read'] },
  { key: 'services', needs: ['chain:read'] },
  { key: 'cases', needs: ['case:read'] },
  { key: 'money', needs: ['benefit:read'] },
  { key: 'messages', needs: ['person:read'] },
  { key: 'reads', needs: ['person:reads'] },
] as const;
type Section = (typeof sections)[number]['key'];

/** W6: the whole person, section by section, masked; each section stands by itself when a service does not answer. */
export function PersonScreen() {
  const { personId = '' } = useParams();
  const t = useTexts();
  const { data: me } = useMe();
  const query = usePerson(personId);
  // Not to be seen, or not there: then there is no file around it either.
  const closed = isProblem(query.error, 403) || isProblem(query.error, 404);
  return (
    <Page
      title={t.person.title}
      heading={query.data ? t.person.heading(query.data.name) : t.person.title}
      actions={
        !closed &&
        me?.permissions.includes('chain:read') && <Link to={chainAt(personId)}>{t.case.toChain}</Link>
      }
    >
      {closed && !query.data ? (
        <Failure error={query.error} what={t.person.title} />
      ) : (
        <FileOfPerson key={personId} asked={personId} query={query} />
      )}
    </Page>
  );
}

interface FileOfPersonProps {
  /** As the address has it: of a file that was merged into another, not that of the person. */
  readonly asked: string;
  readonly query: UseQueryResult<PersonFile>;
}

function FileOfPerson({ asked, query }: FileOfPersonProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const [address, setAddress] = useSearchParams();
  const mine = sections.filter(({ needs }) => needs.some((each) => me?.permissions.includes(each)));
  const section: Section = mine.find(({ key }) => key === address.get('tab'))?.key ?? 'who';
  const personId = query.data?.personId ?? asked;
  const ofPerson = (show: (person: PersonFile) => ReactNode) => (
    <Loaded query={query} what={t.person.title}>
      {show}
    </Loaded>
  );
  const panels: Record<Section, () => ReactNode> = {
    who: () => ofPerson((person) => <WhoItIs person={person} />),
    facts: () => ofPerson((person) => <Facts person={person} />),
    family: () => ofPerson((person) => <Family person={person} />),
    card: () => <CardPanel personId={personId} />,
    services: () => <ServiceTable personId={personId} />,
    cases: () => <CasesOfPerson personId={personId} />,
    money: () => <Benefits personId={personId} />,
    messages: () => <Messages personId={personId} />,
    reads: () => <ReadsInClear personId={personId} />,
  };
  return (
    <>
      {query.data && <Standing person={query.data} asked={asked} />}
      <Tabs
        name={t.personFile.sections}
        chosen={section}
        choose={(key) => setAddress(key === 'who' ? {} : { tab: key }, { replace: true })}
        tabs={mine.map(({ key }) => ({ key, label: t.personFile.tabs[key] }))}
      >
        {panels[section]()}
      </Tabs>
    </>
  );
}

/** What has happened to the person or the file, over every section. */
function Standing({ person, asked }: { readonly person: PersonFile; readonly asked: string }) {
  const t = useTexts();
  return (
    <>
      {person.personId !== asked && <Banner kind="info" title={t.personFile.merged} />}
      {person.diedOn && <Banner kind="warning" title={t.person.died(t.format.day(person.diedOn))} />}
      {person.movedAwayOn && (
        <Banner kind="warning" title={t.person.movedAway(t.format.day(person.movedAwayOn))} />
      )}
    </>
  );
}

function Facts({ person }: { readonly person: PersonFile }) {
  const t = useTexts();
  return person.facts.length === 0 ? (
    <EmptyState title={t.person.noFacts} />
  ) : (
    <FactTable facts={person.facts} />
  );
}

function Family({ person }: { readonly person: PersonFile }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <>
      <section aria-labelledby="guardians">
        <h2 id="guardians">{t.person.guardians}</h2>
        {person.guardians.length === 0 ? (
          <p>{t.person.noGuardians}</p>
        ) : (
          <Guardians personId={person.personId} guardians={person.guardians} />
        )}
      </section>
      {me?.permissions.includes('household:read') && (
        <section aria-labelledby="household">
          <h2 id="household">{t.personFile.household}</h2>
          {person.householdId ? (
            <HouseholdTable householdId={person.householdId} personId={person.personId} />
          ) : (
            <p>{t.personFile.noHousehold}</p>
          )}
        </section>
      )}
    </>
  );
}
