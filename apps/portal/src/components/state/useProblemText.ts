import { useCallback } from 'react';
import { isProblem } from '../../api/problem';
import { useTexts } from '../../texts/TextsProvider';

/** One sentence for a refusal or a failure: the service's own where it has one, else what the status says. */
export function useProblemText(): (error: unknown) => string {
  const t = useTexts();
  return useCallback(
    (error) => {
      if (!isProblem(error)) return t.problems.unexpected;
      if (error.status === 0) return t.problems.offline;
      // Services speak Chinese; in English only what is known by its name can be said.
      if (t.lang === 'zh-CN' && error.detail && error.status !== 428) return error.detail;
      const named = (t.problems.bySlug as Readonly<Record<string, string>>)[error.slug ?? ''];
      const byStatus = (t.problems.byStatus as Readonly<Record<number, string>>)[error.status];
      return named ?? byStatus ?? error.detail ?? t.problems.unexpected;
    },
    [t],
  );
}
