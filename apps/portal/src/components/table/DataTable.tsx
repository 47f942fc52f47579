import type { ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { useAnnounce } from '../page/Announcer';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  render(row: Row): ReactNode;
  /** Under which name the rows can be put in this column's order. */
  readonly sort?: string;
  /** The one cell that names the row. */
  readonly heads?: boolean;
  /** Figures, which stand under each other. */
  readonly figures?: boolean;
}

export interface Sorting {
  readonly by: string;
  readonly direction: 'ascending' | 'descending';
  choose(by: string): void;
}

interface DataTableProps<Row> {
  /** What is in it and how much: read before the first row. */
  readonly caption: string;
  readonly captionHidden?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowClass?: (row: Row) => string | undefined;
  readonly sorting?: Sorting;
  readonly busy?: boolean;
}

/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role -- see DataTable */

/**
 * A table as HTML has them. On a narrow screen each row becomes a card; the roles are written out because browsers forget
 * them when a table is laid out as anything else.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, captionHidden, columns, rows, rowKey, rowClass, sorting, busy } = props;
  return (
    <table className="data-table" role="table" aria-busy={busy || undefined}>
      <caption className={captionHidden ? 'visually-hidden' : undefined}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} sorting={sorting} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={rowKey(row)} className={rowClass?.(row)}>
            {columns.map((column) =>
              column.heads ? (
                <th role="rowheader" scope="row" key={column.key} data-label={column.title}>
                  {column.render(row)}
                </th>
              ) : (
                <td role="cell" key={column.key} data-label={column.title} className={classOf(column)}>
                  {column.render(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const classOf = <Row,>({ figures }: Column<Row>) => (figures ? 'figures' : undefined);

function HeadCell<Row>({ column, sorting }: { readonly column: Column<Row>; readonly sorting?: Sorting }) {
  const t = useTexts();
  const announce = useAnnounce();
  const { sort, title } = column;
  if (!sort || !sorting) {
    return (
      <th role="columnheader" scope="col" className={classOf(column)}>
        {title}
      </th>
    );
  }
  const active = sorting.by === sort;
  const choose = () => {
    sorting.choose(sort);
    announce(t.table.sorted(title));
  };
  return (
    <th role="columnheader" scope="col" aria-sort={active ? sorting.direction : undefined}>
      <button type="button" className="sort" onClick={choose}>
        {title}
        <span aria-hidden="true">{active ? (sorting.direction === 'ascending' ? ' ▲' : ' ▼') : ' ↕'}</span>
      </button>
    </th>
  );
}
