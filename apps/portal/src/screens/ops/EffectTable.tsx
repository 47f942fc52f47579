import type { ReplayResult } from '../../api/ops';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { StateChip } from '../../components/state/StateChip';

interface EffectTableProps {
  readonly results: readonly ReplayResult[];
  /** Whether they have been handled, and not only tried. */
  readonly done?: boolean;
}

/** What came, or would come, of each message: as text, in the order in which they are handled. */
export function EffectTable({ results, done = false }: EffectTableProps) {
  const t = useTexts();
  const words = t.ops.effects;
  const wordOf = ({ outcome }: ReplayResult) =>
    done && outcome === 'failed' ? words.failedAgain : words.outcomes[outcome];
  const deliveryOf = ({ effect, delivered }: ReplayResult) => {
    if (!effect || delivered == null) return t.ops.none;
    if (effect.told.length === 0) return words.nothingToDeliver;
    return delivered ? words.delivered : words.notDelivered;
  };
  const columns = [
    {
      key: 'message',
      title: words.message,
      heads: true,
      render: (result: ReplayResult) => words.number(results.indexOf(result) + 1),
    },
    {
      key: 'outcome',
      title: words.outcome,
      render: (result: ReplayResult) => (
        <>
          <StateChip tone={result.outcome === 'failed' ? 'bad' : 'good'}>{wordOf(result)}</StateChip>
          {result.error !== null && (
            <span className="aside">
              <code>{result.error}</code>
            </span>
          )}
        </>
      ),
    },
    {
      key: 'effect',
      title: words.effect,
      render: ({ effect }: ReplayResult) => <Effect effect={effect} />,
    },
    ...(done ? [{ key: 'delivery', title: words.delivery, render: deliveryOf }] : []),
  ];
  return (
    <DataTable
      caption={words.caption(results.length)}
      rows={results}
      rowKey={({ id }) => id}
      columns={columns}
    />
  );
}

function Effect({ effect }: Pick<ReplayResult, 'effect'>) {
  const t = useTexts();
  const words = t.ops.effects;
  if (effect === null) return <>{t.ops.none}</>;
  const { added, changed, removed, told } = effect;
  if (added + changed + removed + told.length === 0) return <>{words.nothing}</>;
  return (
    <>
      {words.rows(added, changed, removed)}
      {told.map(({ type, count }) => (
        <span className="aside" key={type}>
          {words.told(t.ops.factName(type), count)}
        </span>
      ))}
    </>
  );
}
