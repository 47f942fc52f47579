import { Link } from 'react-router';
import type { PayRunDetail } from '../../api/pay-runs';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** The run's two lists: who is not paid, and what is to be looked at, each with who looks after it. */
export function OwnedLists({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  return (
    <section aria-labelledby="owned-lists">
      <h2 id="owned-lists">{t.money.ownedLists}</h2>
      <NotPaid run={run} />
      <Checks run={run} />
    </section>
  );
}

function NotPaid({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const rows = run.reasons.filter(({ state }) => state === 'left-out' || state === 'failed');
  if (rows.length === 0) return <p>{t.money.leftOutNone}</p>;
  return (
    <DataTable
      caption={t.money.leftOutCaption(rows.reduce((sum, { lines }) => sum + lines, 0))}
      rows={rows}
      rowKey={({ state, reason }) => `${state} ${reason}`}
      columns={[
        {
          key: 'reason',
          title: t.money.reason,
          heads: true,
          render: ({ state, reason }) => (
            <Link to={state === 'failed' ? '?tab=returned' : `?tab=lines&state=${state}&reason=${reason}`}>
              {t.money.reasonOf(state, reason)}
            </Link>
          ),
        },
        { key: 'lines', title: t.money.count, figures: true, render: ({ lines }) => lines },
        { key: 'sum', title: t.money.amount, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        {
          key: 'owner',
          title: t.money.owner,
          render: ({ owner }) => (owner ? t.roleName(owner) : t.money.none),
        },
        { key: 'todo', title: t.money.todo, render: ({ todo }) => todo ?? t.money.none },
      ]}
    />
  );
}

function Checks({ run }: { readonly run: PayRunDetail }) {
  const t = useTexts();
  const { checks } = run;
  if (checks.length === 0) return <p>{t.money.checksNone}</p>;
  return (
    <DataTable
      caption={t.money.checksCaption(checks.reduce((sum, { findings }) => sum + findings, 0))}
      rows={checks}
      rowKey={({ check, state }) => `${check} ${state}`}
      columns={[
        {
          key: 'check',
          title: t.money.check,
          heads: true,
          render: ({ check, state, owner }) => (
            <Link to={`?tab=findings&state=${state}&owner=${owner}`}>{t.money.checks[check]}</Link>
          ),
        },
        {
          key: 'state',
          title: t.money.state,
          render: ({ state }) => t.money.findings.states[state],
        },
        {
          key: 'findings',
          title: t.money.findings.count,
          figures: true,
          render: ({ findings }) => findings,
        },
        { key: 'sum', title: t.money.amount, figures: true, render: ({ fen }) => t.format.yuan(fen) },
        { key: 'owner', title: t.money.owner, render: ({ owner }) => t.roleName(owner) },
        { key: 'todo', title: t.money.todo, render: ({ todo }) => todo },
      ]}
    />
  );
}
