import { useTerms, type CaseKey, type ExplainedTerms } from '../../api/cases';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

type Explained = ExplainedTerms['terms'][number];

/** Why each term ends when it ends, counted out day by day with the articles (时限账). */
export function TermAccounts({ which }: { readonly which: CaseKey }) {
  const t = useTexts();
  return (
    <Loaded query={useTerms(which)} what={t.terms.title}>
      {({ terms }) =>
        terms.length === 0 ? (
          <EmptyState title={t.terms.none} />
        ) : (
          terms.map((term) => <TermAccount key={term.clockId} term={term} />)
        )
      }
    </Loaded>
  );
}

function TermAccount({ term }: { readonly term: Explained }) {
  const t = useTexts();
  const say = (told: { readonly zh: string; readonly en: string }) =>
    t.lang === 'zh-CN' ? told.zh : told.en;
  return (
    <section className="term">
      <h2>{term.title}</h2>
      <p>
        <DeadlineChip
          term={{
            kind: term.kind,
            due: term.dueAt ?? term.lastDay,
            provisional: term.provisional,
            paused: term.pausedBy !== null,
            status: term.status,
          }}
        />
      </p>
      <p>{say(term.summary)}</p>
      {term.provisionalReason && <p>{say(term.provisionalReason)}</p>}
      <p className="field-help">
        {t.termKinds[term.kind]} · {t.materials.basis(term.basis)}
      </p>
      {term.pausedBy && (
        <p>{t.terms.paused(t.format.moment(new Date(term.pausedBy.from)), term.pausedBy.basis)}</p>
      )}
      {term.days.length > 0 && (
        <details>
          <summary>{t.terms.dayByDay(term.days.length)}</summary>
          <DataTable
            caption={t.terms.caption(term.title)}
            captionHidden
            rows={term.days}
            rowKey={({ day }) => day}
            columns={[
              { key: 'day', title: t.terms.day, heads: true, render: ({ day }) => t.format.day(day) },
              {
                key: 'number',
                title: t.terms.counted,
                render: ({ counted, number }) => (counted ? t.terms.number(number) : t.terms.notCounted),
              },
              { key: 'reason', title: t.terms.reason, render: ({ reason }) => say(reason) },
              { key: 'basis', title: t.terms.basis, render: ({ basis }) => basis ?? '—' },
            ]}
          />
        </details>
      )}
    </section>
  );
}
