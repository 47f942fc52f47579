import { Link } from 'react-router';
import type { ParkedDetail } from '../../api/ops';
import { DataTable } from '../../components/table/DataTable';
import { parkedAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { MessageState } from './MessageState';

interface BehindTableProps {
  readonly service: string;
  readonly rows: ParkedDetail['behind'];
}

/** Later messages of the same person, which are handled after this one and in their order. */
export function BehindTable({ service, rows }: BehindTableProps) {
  const t = useTexts();
  if (rows.length === 0) return <p>{t.ops.message.behindNone}</p>;
  return (
    <DataTable
      caption={t.ops.message.behindCaption(rows.length)}
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'message',
          title: t.ops.parked.message,
          heads: true,
          render: ({ id, type }) => <Link to={parkedAt(service, id)}>{t.ops.factName(type)}</Link>,
        },
        { key: 'state', title: t.ops.parked.state, render: ({ state }) => <MessageState state={state} /> },
        {
          key: 'parkedAt',
          title: t.ops.parked.parkedAt,
          render: ({ parkedAt: at }) => t.format.moment(new Date(at)),
        },
      ]}
    />
  );
}
