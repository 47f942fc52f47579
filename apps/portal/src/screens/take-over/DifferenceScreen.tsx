import { Link, useParams } from 'react-router';
import { useRun, type PayRunDetail } from '../../api/pay-runs';
import { useDifference, type Difference } from '../../api/take-overs';
import { Page } from '../../components/page/Page';
import { Banner } from '../../components/state/Banner';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { payRunAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { DifferenceLines } from './DifferenceLines';
import { differenceKinds } from './differenceKinds';
import { Signatures } from './Signatures';

/** What the first run after a take-over pays otherwise than the old list, and the two who sign that. */
export function DifferenceScreen() {
  const runNo = Number(useParams()['runNo']);
  const t = useTexts();
  const run = useRun(runNo);
  const difference = useDifference(runNo);
  const title = t.money.difference.title;
  return (
    <Page
      title={title}
      heading={run.data ? t.money.difference.heading(t.money.run(run.data.month, run.data.serial)) : title}
      actions={<Link to={payRunAt(runNo)}>{t.money.difference.toRun}</Link>}
    >
      <Loaded query={difference} what={title}>
        {(seen) => (
          <Loaded query={run} what={t.money.title} lines={2}>
            {(of) => <Body run={of} difference={seen} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Body({ run, difference }: { readonly run: PayRunDetail; readonly difference: Difference }) {
  const t = useTexts();
  const { counts, lines } = difference;
  if (lines.length === 0) {
    return (
      <>
        <Banner kind="success" title={t.money.difference.none} />
        <Signatures run={run} difference={difference} />
      </>
    );
  }
  return (
    <>
      <section aria-labelledby="difference-counts">
        <h2 id="difference-counts">{t.money.difference.counts}</h2>
        <DataTable
          caption={t.money.difference.countsCaption(lines.length)}
          rows={differenceKinds}
          rowKey={(kind) => kind}
          columns={[
            {
              key: 'kind',
              title: t.money.difference.kind,
              heads: true,
              render: (kind) => t.money.difference.kinds[kind],
            },
            {
              key: 'count',
              title: t.money.takeOver.rows,
              figures: true,
              render: (kind) => counts[kind] ?? 0,
            },
          ]}
        />
      </section>
      <DifferenceLines run={run} lines={lines} />
      <Signatures run={run} difference={difference} />
    </>
  );
}
