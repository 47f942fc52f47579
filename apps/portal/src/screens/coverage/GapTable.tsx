import { Link } from 'react-router';
import type { Gap } from '../../api/gaps';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { DataTable } from '../../components/table/DataTable';
import { chainAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { AnswerGap } from './AnswerGap';
import { PlaceName } from '../../components/case/PlaceName';

interface GapTableProps {
  readonly gaps: readonly Gap[];
  readonly caption: string;
  readonly busy: boolean;
}

export function GapTable({ gaps, caption, busy }: GapTableProps) {
  const t = useTexts();
  return (
    <DataTable
      caption={caption}
      busy={busy}
      rows={gaps}
      rowKey={({ gapId }) => gapId}
      columns={[
        {
          key: 'item',
          title: t.chain.item,
          heads: true,
          render: ({ title, period, personId }) => (
            <>
              <Link to={chainAt(personId)}>{t.lang === 'zh-CN' ? title.zh : title.en}</Link>
              <span className="aside">{t.periods(period)}</span>
            </>
          ),
        },
        { key: 'kind', title: t.coverage.kind, render: ({ kind }) => t.coverage.kinds[kind] },
        {
          key: 'place',
          title: t.queue.place,
          render: ({ divisionCode }) => <PlaceName code={divisionCode} />,
        },
        { key: 'why', title: t.person.why, render: (gap) => <Why gap={gap} /> },
        { key: 'since', title: t.coverage.sinceDay, render: ({ since }) => t.format.day(since) },
        { key: 'money', title: t.coverage.money, render: (gap) => <Money gap={gap} /> },
        { key: 'task', title: t.coverage.task, render: (gap) => <Task gap={gap} /> },
      ]}
    />
  );
}

function Why({ gap: { zh, because, distrusted } }: { readonly gap: Gap }) {
  const t = useTexts();
  return (
    <>
      <span lang="zh-CN">{zh}</span>
      {because.length > 0 && (
        <span className="aside" lang="zh-CN">
          {because.map((each) => each.zh).join('；')}
        </span>
      )}
      {distrusted.length > 0 && <span className="aside">⚠ {t.coverage.rowDistrusted}</span>}
    </>
  );
}

function Money({ gap: { monthly, unpaid, months } }: { readonly gap: Gap }) {
  const t = useTexts();
  if (months.length > 0) {
    return (
      <>
        {unpaid === null ? t.coverage.unpriced : t.coverage.unpaid(t.format.yuan(unpaid))}
        <span className="aside">{months.join('、')}</span>
      </>
    );
  }
  return <>{monthly === null ? t.coverage.unpriced : t.coverage.monthly(t.format.yuan(monthly))}</>;
}

/** Who looks after it and until when; the answer, or the way to give it. */
function Task({ gap }: { readonly gap: Gap }) {
  const t = useTexts();
  const { task } = gap;
  if (!task) return <>{t.coverage.states.found}</>;
  const { clock } = task;
  return (
    <>
      <span>{t.roleName(task.ownerRole)}</span>
      {task.status === 'open' && (
        <DeadlineChip
          term={{ kind: clock.kind, due: clock.dueAt, provisional: clock.provisional, paused: false }}
        />
      )}
      {task.answer !== null && task.answeredOn !== null && (
        <span className="aside">{t.coverage.answered(t.format.day(task.answeredOn), task.answer)}</span>
      )}
      {task.status === 'open' && <AnswerGap gap={gap} ownerRole={task.ownerRole} />}
    </>
  );
}
