import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTexts } from '../../texts/TextsProvider';
import { Banner } from './Banner';
import { Failure } from './Failure';
import { Skeleton } from './Skeleton';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** A query in each of its states: being fetched, failed, there, and there but from before the last failure. */
export function Loaded<Data>({ query, what, lines, children }: LoadedProps<Data>) {
  const t = useTexts();
  const retry = () => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? (
      <Failure error={query.error} what={what} retry={retry} />
    ) : (
      <Skeleton lines={lines} label={t.states.loadingWhat(what)} />
    );
  }
  return (
    <>
      {query.isError && (
        <Banner kind="warning" title={t.states.stale(what, t.format.time(new Date(query.dataUpdatedAt)))} />
      )}
      {children(query.data)}
    </>
  );
}
