import type { PayRunDetail } from '../../api/pay-runs';
import { useMe } from '../../api/session';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** Who brought the run to which state, and what they saw. */
export function RunHistory({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const { steps } = run;
  return (
    <DataTable
      caption={t.money.steps.caption(steps.length)}
      rows={steps}
      rowKey={({ version }) => String(version)}
      columns={[
        {
          key: 'state',
          title: t.money.state,
          heads: true,
          render: ({ state }) => t.money.states[state],
        },
        { key: 'when', title: t.money.steps.when, render: ({ at }) => t.format.moment(new Date(at)) },
        {
          key: 'who',
          title: t.money.steps.who,
          render: ({ by, role }) => t.money.steps.by(t.roleName(role), by === me?.userId),
        },
        { key: 'count', title: t.money.count, figures: true, render: ({ count }) => count },
        { key: 'sum', title: t.money.amount, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        { key: 'note', title: t.money.steps.note, render: ({ note }) => note ?? t.money.none },
      ]}
    />
  );
}
