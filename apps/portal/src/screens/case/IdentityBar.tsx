import { Button } from 'antd';
import { Link } from 'react-router';
import type { CaseDetail, CaseKey } from '../../api/cases';
import { usePerson } from '../../api/persons';
import { useDivisionName } from '../../api/places';
import { useMe } from '../../api/session';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { StatusChip } from '../../components/case/StatusChip';
import { chainAt, personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ActFailure } from './ActFailure';
import { useCurrentTerm } from './currentTerm';
import { HandOverDialog } from './HandOverDialog';
import type { Acting } from './useActing';
import { mayDo } from './whoMay';

interface IdentityBarProps {
  readonly which: CaseKey;
  readonly detail: CaseDetail;
  readonly acting: Acting;
}

/** Who it is about, how it stands, who has it, and taking it. */
export function IdentityBar({ which, detail, acting }: IdentityBarProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const { data: person, isLoading } = usePerson(detail.personId);
  const division = useDivisionName(detail.divisionCode);
  const term = useCurrentTerm(which, detail);
  return (
    <section className="identity" aria-label={t.case.identity}>
      <dl>
        <div>
          <dt>{t.case.person}</dt>
          <dd>
            {person && <Link to={personAt(detail.personId)}>{person.name}</Link>}
            {!person && (isLoading ? t.states.loading : t.case.personHidden)}
            {me?.permissions.includes('chain:read') && (
              <Link className="aside" to={chainAt(detail.personId)}>
                {t.case.toChain}
              </Link>
            )}
          </dd>
        </div>
        <div>
          <dt>{t.case.place}</dt>
          <dd>{division.name ?? (division.asking ? t.states.loading : t.case.placeUnknown)}</dd>
        </div>
        <div>
          <dt>{t.case.period}</dt>
          <dd>{t.periods(detail.period)}</dd>
        </div>
        <div>
          <dt>{t.case.status}</dt>
          <dd>
            <StatusChip status={detail.status} />
          </dd>
        </div>
        <div>
          <dt>{t.case.deadline}</dt>
          <dd>{term ? <DeadlineChip term={term} /> : t.case.noTerm}</dd>
        </div>
        <div>
          <dt>{t.case.holder}</dt>
          <dd>{holderText(t, detail, me?.userId)}</dd>
        </div>
      </dl>
      <ClaimButtons which={which} detail={detail} acting={acting} />
      <ActFailure acting={acting} />
    </section>
  );
}

function holderText(t: ReturnType<typeof useTexts>, { claim }: CaseDetail, me: string | undefined): string {
  if (!claim) return t.case.nobody;
  const since = t.format.moment(new Date(claim.at));
  return claim.by === me ? t.case.heldByMe(since) : t.case.heldByOther(since);
}

function ClaimButtons({ which, detail, acting }: IdentityBarProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const { task, claim } = detail;
  if (!task || !me) return null;
  if (claim?.by === me.userId) {
    return (
      <div className="buttons">
        <Button loading={acting.busy} onClick={() => void acting.run({ kind: 'release-claim' })}>
          {t.case.release}
        </Button>
        <HandOverDialog which={which} acting={acting} />
      </div>
    );
  }
  if (claim || !mayDo(me, task)) return null;
  return (
    <div className="buttons">
      <Button type="primary" loading={acting.busy} onClick={() => void acting.run({ kind: 'claim' })}>
        {t.case.claim}
      </Button>
    </div>
  );
}
