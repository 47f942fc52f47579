import { Link } from 'react-router';
import { standings, type StandingCounts } from '../../api/supervision';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { listOf, type ListFilter } from './listOf';
import { sumOf } from './sums';

interface StandingRow {
  readonly key: string;
  readonly name: string;
  readonly filter: ListFilter;
  readonly counts: StandingCounts;
}

interface StandingTableProps {
  readonly caption: string;
  /** What the rows are. */
  readonly head: string;
  readonly rows: readonly StandingRow[];
}

/** A number in every cell, each a way to its cases. */
export function StandingTable({ caption, head, rows }: StandingTableProps) {
  const t = useTexts();
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ key }) => key}
      columns={[
        {
          key: 'name',
          title: head,
          heads: true,
          render: ({ name, filter }) => <Link to={listOf(filter)}>{name}</Link>,
        },
        ...standings.map((standing) => ({
          key: standing,
          title: t.deadlines.standings[standing],
          figures: true,
          render: ({ name, filter, counts }: StandingRow) => {
            const count = counts[standing] ?? 0;
            if (count === 0) return 0;
            const words = t.deadlines.countOf(name, t.deadlines.standings[standing], count);
            return (
              <Link to={listOf({ ...filter, standing })} className="number" aria-label={words}>
                {count}
              </Link>
            );
          },
        })),
        { key: 'all', title: t.deadlines.all, figures: true, render: ({ counts }) => sumOf(counts) },
      ]}
    />
  );
}
