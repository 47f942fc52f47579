import { Button } from 'antd';
import { useCheckQueue } from '../../api/ops';
import { useAnnounce } from '../../components/page/Announcer';
import { TryFailure } from '../../components/state/TryFailure';
import { tryingOf } from '../../components/state/useTrying';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** Of each service with cases, whether the work queue agrees with it: compared when somebody asks. */
export function DriftTable() {
  const t = useTexts();
  const words = t.ops.outbox;
  return (
    <DataTable
      caption={words.driftCaption}
      rows={Object.keys(t.owners)}
      rowKey={(owner) => owner}
      columns={[
        { key: 'owner', title: words.owner, heads: true, render: (owner) => t.ops.serviceName(owner) },
        { key: 'result', title: words.result, render: (owner) => <Check owner={owner} /> },
      ]}
    />
  );
}

function Check({ owner }: { readonly owner: string }) {
  const t = useTexts();
  const words = t.ops.outbox;
  const announce = useAnnounce();
  const check = useCheckQueue();
  const { data, isPending, mutate } = check;
  const sentenceOf = ({ compared, drift, repaired }: NonNullable<typeof data>) =>
    drift === 0 ? words.same(compared) : words.differs(compared, drift, repaired);
  return (
    <>
      <TryFailure trying={tryingOf(check, words.checkFailed)} />
      <p>{isPending ? words.checking : data ? sentenceOf(data) : words.notChecked}</p>
      <Button
        size="small"
        loading={isPending}
        aria-label={words.checkOf(t.ops.serviceName(owner))}
        onClick={() => mutate(owner, { onSuccess: (sum) => announce(sentenceOf(sum)) })}
      >
        {words.check}
      </Button>
    </>
  );
}
