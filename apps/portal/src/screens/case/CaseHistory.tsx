import type { CaseDetail } from '../../api/cases';
import { useMe } from '../../api/session';
import { dayOf } from '../../components/case/deadline';
import { EmptyState } from '../../components/state/EmptyState';
import { useTexts } from '../../texts/TextsProvider';
import type { Texts } from '../../texts/zh';

interface Happened {
  readonly key: string;
  /** To sort by: an instant, or the end of a day of which no more is known. */
  readonly at: string;
  readonly when: string;
  readonly text: string;
}

/** What happened with the case, newest first: people, papers and terms in one list. */
export function CaseHistory({ detail }: { readonly detail: CaseDetail }) {
  const t = useTexts();
  const { data: me } = useMe();
  const happened = historyOf(detail, t, me?.userId);
  if (happened.length === 0) return <EmptyState title={t.history.none} />;
  return (
    <ol className="history">
      {happened.map(({ key, when, text }) => (
        <li key={key}>
          <span className="history-when">{when}</span>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

function historyOf(detail: CaseDetail, t: Texts, me: string | undefined): Happened[] {
  const moment = (at: string) => ({ at, when: t.format.moment(new Date(at)) });
  const day = (on: string) => ({ at: `${on}T15:59:59Z`, when: t.format.day(on) });
  const by = (role: string, user: string) => t.history.by(t.roleName(role), user === me);
  return [
    ...detail.steps.flatMap(({ step, title, done }) =>
      done
        ? [{ key: `step ${step}`, ...moment(done.at), text: t.history.step(title, by(done.role, done.by)) }]
        : [],
    ),
    ...detail.materials.map((each) => ({
      key: `material ${each.material}`,
      ...moment(each.at),
      text: t.history.material(t.materials.states[each.state], by(each.byRole, each.by)),
    })),
    ...detail.supplements.map((each) => ({
      key: `supplement ${each.number}`,
      ...moment(each.at),
      text: t.history.supplement(each.number, by(each.byRole, each.by)),
    })),
    ...detail.documents.map((each) => ({
      key: `document ${each.documentId}`,
      ...day(each.madeOn),
      text: t.history.document(t.documents.kinds[each.kind], by(each.role, each.by)),
    })),
    ...detail.documents.flatMap(({ documentId, kind, service }) =>
      service
        ? [
            {
              key: `service ${documentId}`,
              ...day(service.servedOn),
              text: t.history.served(t.documents.kinds[kind], t.documents.methods[service.method]),
            },
          ]
        : [],
    ),
    ...detail.clocks.flatMap(({ clockId, suspensions }) =>
      suspensions.map((each) => ({
        key: `pause ${clockId} ${each.from}`,
        ...moment(each.from),
        text: t.history.paused(each.basis),
      })),
    ),
    ...(detail.claim
      ? [{ key: 'claim', ...moment(detail.claim.at), text: t.history.claimed(detail.claim.by === me) }]
      : []),
    ...(detail.appliedOn && detail.appliedOn <= dayOf(new Date())
      ? [{ key: 'applied', ...day(detail.appliedOn), text: t.history.applied }]
      : []),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
}
