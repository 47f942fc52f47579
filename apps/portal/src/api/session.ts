import type { components } from '@app/api-client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { forgetKept } from '../device/forget';
import { answered, api, keepCsrfToken } from './client';

export type Me = components['schemas']['Me'];

const ME = ['me'] as const;

/** Who is signed in. Fails with 401 where nobody is. */
export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: async () => {
      const me = answered(await api.GET('/workbench/me'));
      keepCsrfToken(me.csrfToken);
      return me;
    },
    staleTime: 60_000,
    retry: false,
  });
}

export function useSessionActions() {
  const queries = useQueryClient();
  return {
    /** After the last step of signing in: everything that was kept for nobody is asked anew. */
    begin: async (token: string | null) => {
      keepCsrfToken(token);
      queries.clear();
      await queries.fetchQuery({
        queryKey: ME,
        queryFn: async () => answered(await api.GET('/workbench/me')),
      });
    },
    /** Asking who one is keeps the session alive. */
    extend: () => queries.refetchQueries({ queryKey: ME }),
    /** Ends the session; nothing that was shown stays in the page, nor anything that was taken along on this device. */
    end: async () => {
      const me = queries.getQueryData<Me>(ME);
      // Neither waits for the other: whoever goes back meanwhile must come to the sign-in.
      const ends = [me && forgetKept(me.userId), api.POST('/workbench/sign-out')];
      await Promise.allSettled(ends);
      keepCsrfToken(null);
      queries.clear();
      await Promise.all(ends);
    },
  };
}
