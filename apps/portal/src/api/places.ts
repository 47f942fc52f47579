import { useQuery } from '@tanstack/react-query';
import { answered, api } from './client';

/** What a division is called; null while it is asked, and where nobody says. */
export function useDivisionName(code: string | undefined): {
  readonly name: string | null;
  readonly asking: boolean;
} {
  const { data, isLoading } = useQuery({
    queryKey: ['division', code],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/workbench/divisions/{code}', { params: { path: { code: code! } }, signal }),
      ),
    enabled: code !== undefined,
    staleTime: 60 * 60_000,
  });
  return { name: data?.divisions[0]?.name ?? null, asking: isLoading };
}

/** @param place the first 6, 9 or 12 digits of a code; names are asked for by all twelve */
export const wholeCode = (place: string): string => place.padEnd(12, '0');
