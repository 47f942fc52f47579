import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useSupervised, type SupervisedRequest } from '../../api/supervision';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { Pager } from '../../components/table/Pager';
import { useCursor } from '../../components/table/useCursor';
import { useTexts } from '../../texts/TextsProvider';
import { WorkTable } from './WorkTable';

/** Whose cases are shown, or which. */
export interface ShownLoad {
  readonly title: string;
  readonly question: Omit<SupervisedRequest, 'limit' | 'after'>;
}

interface LoadCasesProps {
  readonly load: ShownLoad;
  close(): void;
}

/** The cases behind a number, to be given to somebody else; has the focus when it comes. */
export function LoadCases({ load: { title, question }, close }: LoadCasesProps) {
  const t = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  const cursor = useCursor<string>(title);
  const found = useSupervised({ ...question, ...(cursor.after === null ? {} : { after: cursor.after }) });
  useEffect(() => heading.current?.focus(), []);
  return (
    <section aria-labelledby="load-cases">
      <h2 id="load-cases" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <Loaded query={found} what={title}>
        {({ rows, total, next }) =>
          rows.length === 0 ? (
            <EmptyState title={t.workload.gone} />
          ) : (
            <>
              <WorkTable
                rows={rows}
                busy={found.isFetching}
                caption={t.deadlines.listCaption(t.queue.total(total.value, total.atLeast))}
              />
              <Pager
                name={title}
                position={t.deadlines.position(rows.length)}
                onFirst={cursor.onFirst}
                onNext={cursor.onNext(next)}
              />
            </>
          )
        }
      </Loaded>
      <p>
        <Button onClick={close}>{t.workload.close}</Button>
      </p>
    </section>
  );
}
