import { useSearchParams } from 'react-router';
import { useRunFindings, type FindingQuestion, type PayRunDetail, type RunFinding } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { NothingFound } from '../../components/table/NothingFound';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTabFilter } from '../../components/table/useTabFilter';
import { useTexts } from '../../texts/TextsProvider';
import { PersonCell } from './PersonCell';
import { SettleFinding } from './SettleFinding';

const findingStates = ['open', 'passed', 'taken-out'] as const;

/** What is to be looked at before money goes out, and what came of it. */
export function FindingList({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const [query] = useSearchParams();
  const filter = useTabFilter('findings', ['state', 'owner']);
  const cursor = useCursor<string>(filter.key);
  const question: FindingQuestion = {
    state: findingStates.find((each) => each === query.get('state')),
    owner: query.get('owner') ?? undefined,
    after: cursor.after ?? undefined,
  };
  const found = useRunFindings(run.runNo, question);
  const owners = [...new Set(run.checks.map(({ owner }) => owner))];
  const choices = {
    state: {
      label: t.money.state,
      all: t.money.findings.allStates,
      options: findingStates.map((value) => ({ value, label: t.money.findings.states[value] })),
    },
    owner: {
      label: t.money.owner,
      all: t.money.findings.allOwners,
      options: owners.map((value) => ({ value, label: t.roleName(value) })),
    },
  };
  return (
    <>
      <TabFilterBar name={t.money.findings.filters} filter={filter} choices={choices} />
      <Loaded query={found} what={t.money.tabs.findings}>
        {({ findings, next }) =>
          findings.length === 0 ? (
            <NothingFound
              filter={filter}
              none={t.money.findings.none}
              filteredNone={t.money.findings.filteredNone}
            />
          ) : (
            <>
              <FindingTable run={run} findings={findings} busy={found.isFetching} />
              <Pager
                name={t.money.tabs.findings}
                position={t.money.findings.position(findings.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface FindingTableProps {
  readonly run: PayRunDetail;
  readonly findings: readonly RunFinding[];
  readonly busy: boolean;
}

function FindingTable({ run, findings, busy }: FindingTableProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const settles = run.state === 'planned' && (me?.permissions.includes('pay-run:check') ?? false);
  return (
    <DataTable
      caption={t.money.findings.caption(findings.length)}
      busy={busy}
      rows={findings}
      rowKey={({ personId, check }) => `${personId} ${check}`}
      columns={[
        {
          key: 'person',
          title: t.money.person,
          heads: true,
          render: (finding) => <PersonCell {...finding} />,
        },
        {
          key: 'what',
          title: t.money.findings.what,
          render: ({ check, reason }) => (
            <>
              {t.money.checks[check]}
              <span className="aside">{reason}</span>
            </>
          ),
        },
        {
          key: 'since',
          title: t.money.findings.since,
          render: ({ since }) => (since ? t.format.day(since) : t.money.none),
        },
        { key: 'sum', title: t.money.amount, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        {
          key: 'owner',
          title: t.money.owner,
          render: ({ owner, todo }) => (
            <>
              {t.roleName(owner)}
              <span className="aside">{todo}</span>
            </>
          ),
        },
        {
          key: 'state',
          title: t.money.state,
          render: (finding) => (
            <>
              <Outcome finding={finding} me={me?.userId} />
              {settles && finding.state === 'open' && <SettleFinding run={run} finding={finding} />}
            </>
          ),
        },
      ]}
    />
  );
}

function Outcome({ finding, me }: { readonly finding: RunFinding; readonly me: string | undefined }) {
  const t = useTexts();
  const { state, note, by, carriedFrom } = finding;
  return (
    <>
      {t.money.findings.states[state]}
      {note && (
        <span className="aside">{t.money.findings.by(by === me ? t.money.me : t.money.colleague, note)}</span>
      )}
      {carriedFrom !== null && <span className="aside">{t.money.findings.carried(carriedFrom)}</span>}
    </>
  );
}
