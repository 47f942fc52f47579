import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useFailedJobs, useRetryJobs } from '../../api/ops';
import { useAnnounce } from '../../components/page/Announcer';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { TryFailure } from '../../components/state/TryFailure';
import { tryingOf } from '../../components/state/useTrying';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

interface FailedJobsProps {
  readonly service: string;
  readonly queue: string;
  readonly title: string;
  close(): void;
}

/** What failed for good in a queue, why, and another try; has the focus when it comes. */
export function FailedJobs({ service, queue, title, close }: FailedJobsProps) {
  const t = useTexts();
  const words = t.ops.queues;
  const announce = useAnnounce();
  const retry = useRetryJobs(service, queue);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [service, queue]);
  const run = () => retry.mutate(undefined, { onSuccess: ({ retried }) => announce(words.retried(retried)) });
  return (
    <section aria-labelledby="failed-jobs">
      <h2 id="failed-jobs" ref={heading} tabIndex={-1}>
        {words.failedTitle(title)}
      </h2>
      <TryFailure trying={tryingOf(retry, words.retry)} />
      <Loaded query={useFailedJobs(service, queue)} what={words.what} lines={3}>
        {(jobs) =>
          jobs.length === 0 ? (
            <EmptyState title={words.noneFailed} />
          ) : (
            <DataTable
              caption={words.failedCaption(jobs.length)}
              rows={jobs}
              rowKey={({ id }) => id}
              columns={[
                { key: 'job', title: words.job, heads: true, render: ({ id }) => <code>{id}</code> },
                { key: 'attempts', title: words.attempts, figures: true, render: ({ attempts }) => attempts },
                {
                  key: 'failedAt',
                  title: words.failedAt,
                  render: ({ failedAt }) =>
                    failedAt === null ? t.ops.unknown : t.format.moment(new Date(failedAt)),
                },
                { key: 'reason', title: words.reason, render: ({ reason }) => <code>{reason}</code> },
              ]}
            />
          )
        }
      </Loaded>
      <p className="ops-fresh">
        <Button loading={retry.isPending} onClick={run}>
          {words.retry}
        </Button>
        <Button onClick={close}>{words.close}</Button>
      </p>
    </section>
  );
}
