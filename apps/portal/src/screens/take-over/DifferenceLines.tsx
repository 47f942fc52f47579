import { useState } from 'react';
import { Link } from 'react-router';
import type { PayRunDetail } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import type { DifferenceLine } from '../../api/take-overs';
import { DataTable } from '../../components/table/DataTable';
import { TabFilterBar } from '../../components/table/TabFilterBar';
import { Pager } from '../../components/table/Pager';
import { personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { useItemTitle } from '../money/useItemTitle';
import { useTabFilter } from '../../components/table/useTabFilter';
import { differenceKinds } from './differenceKinds';

const PAGE = 50;

interface DifferenceLinesProps {
  readonly run: PayRunDetail;
  readonly lines: readonly DifferenceLine[];
}

/** Line by line, in the order of the old list; all of them are there, some at a time are shown. */
export function DifferenceLines({ run, lines }: DifferenceLinesProps) {
  const t = useTexts();
  const filter = useTabFilter(null, ['kind']);
  const [page, setPage] = useState({ key: '', from: 0 });
  const from = page.key === filter.key ? page.from : 0;
  const turnTo = (place: number) => setPage({ key: filter.key, from: place });
  const kind = {
    label: t.money.difference.kind,
    all: t.money.difference.allKinds,
    options: differenceKinds.map((value) => ({ value, label: t.money.difference.kinds[value] })),
  };
  const chosen = lines.filter((line) => filter.of('kind') === '' || filter.of('kind') === line.kind);
  const shown = chosen.slice(from, from + PAGE);
  return (
    <section aria-labelledby="difference-lines">
      <h2 id="difference-lines">{t.money.takeOver.rowsOf}</h2>
      <TabFilterBar name={t.money.difference.filters} filter={filter} choices={{ kind }} />
      <LineTable run={run} lines={shown} total={chosen.length} />
      <Pager
        name={t.money.difference.title}
        position={t.money.difference.position(from + 1, from + shown.length)}
        onFirst={from > 0 ? () => turnTo(0) : undefined}
        onNext={from + PAGE < chosen.length ? () => turnTo(from + PAGE) : undefined}
      />
    </section>
  );
}

interface LineTableProps extends DifferenceLinesProps {
  readonly total: number;
}

function LineTable({ run, lines, total }: LineTableProps) {
  const t = useTexts();
  const titleOf = useItemTitle(run.county);
  return (
    <DataTable
      caption={t.money.difference.linesCaption(total, lines.length)}
      rows={lines}
      rowKey={({ kind, row, lineNo }) => `${kind} ${row} ${lineNo}`}
      columns={[
        {
          key: 'at',
          title: t.money.difference.at,
          heads: true,
          render: (line) => <At line={line} />,
        },
        { key: 'kind', title: t.money.difference.kind, render: ({ kind }) => t.money.difference.kinds[kind] },
        { key: 'item', title: t.money.item, render: ({ itemId }) => titleOf(itemId) },
        {
          key: 'expected',
          title: t.money.difference.expected,
          figures: true,
          render: ({ row, expectedFen }) =>
            expectedFen === null
              ? row === null
                ? t.money.none
                : t.money.difference.unreadable
              : t.format.yuan(expectedFen),
        },
        {
          key: 'actual',
          title: t.money.difference.actual,
          figures: true,
          render: ({ actualFen }) => t.format.yuan(actualFen),
        },
        {
          key: 'why',
          title: t.money.difference.why,
          render: ({ why }) => (why === null ? t.money.none : t.money.difference.whyOf(why)),
        },
      ]}
    />
  );
}

/** Where it stands on both sides, and the file of whom it is about. */
function At({ line: { row, lineNo, personId } }: { readonly line: DifferenceLine }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <>
      {row === null ? t.money.difference.runLine(lineNo ?? 0) : t.money.difference.oldRow(row)}
      {row !== null && lineNo !== null && <span className="aside">{t.money.difference.runLine(lineNo)}</span>}
      {personId !== null && me?.permissions.includes('person:read') && (
        <Link className="aside" to={personAt(personId)}>
          {t.money.difference.file}
        </Link>
      )}
    </>
  );
}
