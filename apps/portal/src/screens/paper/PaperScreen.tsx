import { Link, useParams } from 'react-router';
import { useCase, useCatalogue, type CaseDetail, type CaseKey } from '../../api/cases';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { ScanViewer } from '../../components/scan/ScanViewer';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ActFailure } from '../case/ActFailure';
import { materialTitleOf } from '../case/materialTitles';
import { useActing } from '../case/useActing';
import { mayDo } from '../case/whoMay';
import { PaperForms } from './PaperForms';

/** W10: one paper that the person brings: its scan, and whether it is in order. */
export function PaperScreen() {
  const { owner = '', caseId = '', material = '' } = useParams();
  const which = { owner, caseId };
  const t = useTexts();
  const query = useCase(which);
  const { data: catalogue } = useCatalogue(query.data?.divisionCode);
  const title = query.data && materialTitleOf(catalogue, query.data.itemId, material, t);
  const heading = title && query.data ? t.paper.heading(title, query.data.title) : t.paper.title;
  return (
    <Page title={heading} actions={<Link to={`${caseAt(owner, caseId)}?tab=materials`}>{t.paper.back}</Link>}>
      <Loaded query={query} what={t.paper.title}>
        {(detail) =>
          isAsked(detail, material) ? (
            <Paper which={which} detail={detail} material={material} title={title ?? t.paper.title} />
          ) : (
            <EmptyState title={t.paper.notOfCase} />
          )
        }
      </Loaded>
    </Page>
  );
}

const isAsked = ({ materials, missingMaterials }: CaseDetail, name: string) =>
  missingMaterials.includes(name) || materials.some(({ material }) => material === name);

interface PaperProps {
  readonly which: CaseKey;
  readonly detail: CaseDetail;
  readonly material: string;
  readonly title: string;
}

function Paper({ which, detail, material, title }: PaperProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const acting = useActing(which, detail);
  const seen = detail.materials.find((each) => each.material === material) ?? null;
  return (
    <>
      <ActFailure acting={acting} />
      <dl className="facts">
        <div>
          <dt>{t.materials.state}</dt>
          <dd>{seen ? t.materials.states[seen.state] : t.materials.missing}</dd>
        </div>
        {seen && (
          <div>
            <dt>{t.materials.by}</dt>
            <dd>
              {t.case.doneBy(
                t.roleName(seen.byRole),
                seen.by === me?.userId,
                t.format.moment(new Date(seen.at)),
              )}
            </dd>
          </div>
        )}
        {seen?.reason && (
          <div>
            <dt>{t.paper.wrong}</dt>
            <dd>{seen.reason}</dd>
          </div>
        )}
      </dl>
      <h2>{t.scan.what}</h2>
      {seen?.hasFile ? (
        <ScanViewer key={seen.at} which={{ ...which, material }} title={title} at={seen.at} />
      ) : (
        <p>{t.paper.noScan}</p>
      )}
      {detail.task !== null && mayDo(me, detail.task) && (
        // What was typed for one state of a paper is not for the next.
        <PaperForms
          key={`${seen?.state} ${seen?.at}`}
          material={material}
          title={title}
          seen={seen}
          acting={acting}
        />
      )}
    </>
  );
}
