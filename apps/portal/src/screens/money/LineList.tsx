import { useSearchParams } from 'react-router';
import { useRunLines, type LineQuestion, type PayRunDetail, type RunLine } from '../../api/pay-runs';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { NothingFound } from '../../components/table/NothingFound';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTabFilter } from '../../components/table/useTabFilter';
import { useTexts } from '../../texts/TextsProvider';
import { Months } from './Months';
import { PersonCell } from './PersonCell';
import { PlaceName } from '../../components/case/PlaceName';
import { useItemTitle } from './useItemTitle';

const lineStates = ['planned', 'left-out', 'ordered', 'paid', 'failed'] as const;

/** Every line of the run, or those in one state and for one reason. */
export function LineList({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const [query] = useSearchParams();
  const filter = useTabFilter('lines', ['state', 'reason']);
  const cursor = useCursor<number>(filter.key);
  const question: LineQuestion = {
    state: lineStates.find((each) => each === query.get('state')),
    reason: query.get('reason') ?? undefined,
    after: cursor.after ?? undefined,
  };
  const found = useRunLines(run.runNo, question);
  const choices = {
    state: {
      label: t.money.state,
      all: t.money.detail.allStates,
      options: lineStates.map((value) => ({ value, label: t.money.detail.states[value] })),
    },
    reason: {
      label: t.money.reason,
      all: t.money.detail.allReasons,
      options: run.reasons.flatMap(({ state, reason }) =>
        reason === null ? [] : [{ value: reason, label: t.money.reasonOf(state, reason) }],
      ),
    },
  };
  return (
    <>
      <TabFilterBar name={t.money.detail.filters} filter={filter} choices={choices} />
      <Loaded query={found} what={t.money.tabs.lines}>
        {({ lines, next }) =>
          lines.length === 0 ? (
            <NothingFound
              filter={filter}
              none={t.money.detail.none}
              filteredNone={t.money.detail.filteredNone}
            />
          ) : (
            <>
              <LineTable run={run} lines={lines} busy={found.isFetching} />
              <Pager
                name={t.money.tabs.lines}
                position={t.money.detail.position(lines.length)}
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

interface LineTableProps {
  readonly run: PayRunDetail;
  readonly lines: readonly RunLine[];
  readonly busy: boolean;
}

function LineTable({ run, lines, busy }: LineTableProps) {
  const t = useTexts();
  const titleOf = useItemTitle(run.county);
  return (
    <DataTable
      caption={t.money.detail.caption(lines.length)}
      busy={busy}
      rows={lines}
      rowKey={({ lineNo }) => String(lineNo)}
      columns={[
        { key: 'person', title: t.money.person, heads: true, render: (line) => <PersonCell {...line} /> },
        { key: 'item', title: t.money.item, render: ({ itemId }) => titleOf(itemId) },
        {
          key: 'place',
          title: t.money.place,
          render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
        },
        { key: 'months', title: t.money.detail.months, render: ({ months }) => <Months months={months} /> },
        { key: 'sum', title: t.money.amount, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        {
          key: 'setOff',
          title: t.money.detail.setOff,
          figures: true,
          render: ({ setOff }) => t.format.yuan(setOff),
        },
        {
          key: 'state',
          title: t.money.state,
          render: ({ state, reason }) => (
            <>
              {t.money.detail.states[state]}
              {reason && (
                <span className="aside">{state === 'failed' ? reason : t.money.reasonOf(state, reason)}</span>
              )}
            </>
          ),
        },
      ]}
    />
  );
}
