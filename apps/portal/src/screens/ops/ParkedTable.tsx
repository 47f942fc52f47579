import { Link } from 'react-router';
import type { ParkedLine } from '../../api/ops';
import { DataTable } from '../../components/table/DataTable';
import { parkedAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { Hurt } from './Hurt';
import { MessageState } from './MessageState';

export function ParkedTable({ rows }: { readonly rows: readonly ParkedLine[] }) {
  const t = useTexts();
  const words = t.ops.parked;
  return (
    <DataTable
      caption={words.caption(rows.length)}
      rows={rows}
      rowKey={({ service, message }) => `${service} ${message.id}`}
      columns={[
        {
          key: 'message',
          title: words.message,
          heads: true,
          render: ({ service, message }) => (
            <>
              <Link to={parkedAt(service, message.id)}>{t.ops.factName(message.type)}</Link>
              <span className="aside">{t.ops.serviceName(service)}</span>
            </>
          ),
        },
        {
          key: 'reason',
          title: words.reason,
          render: ({ message }) => words.reasons[message.reason],
        },
        { key: 'state', title: words.state, render: ({ message }) => <MessageState state={message.state} /> },
        { key: 'hurts', title: words.hurts, render: (line) => <Hurt line={line} /> },
        {
          key: 'parkedAt',
          title: words.parkedAt,
          render: ({ message }) => t.format.moment(new Date(message.parkedAt)),
        },
        {
          key: 'attempts',
          title: words.attempts,
          figures: true,
          render: ({ message }) => message.attempts,
        },
      ]}
    />
  );
}
