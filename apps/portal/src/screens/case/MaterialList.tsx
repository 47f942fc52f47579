import { Button } from 'antd';
import { Link } from 'react-router';
import { useCatalogue, type CaseDetail, type CaseKey } from '../../api/cases';
import { EmptyState } from '../../components/state/EmptyState';
import { DataTable } from '../../components/table/DataTable';
import { useMe } from '../../api/session';
import { paperAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { materialTitleOf } from './materialTitles';
import type { Acting } from './useActing';
import { mayDo } from './whoMay';

type Material = CaseDetail['materials'][number];

interface Row {
  readonly material: string;
  readonly title: string;
  readonly seen: Material | null;
}

interface MaterialListProps {
  readonly which: CaseKey;
  readonly detail: CaseDetail;
  readonly acting: Acting;
}

/** The papers: which are there, in what state, which are missing, and what was asked for. */
export function MaterialList({ which, detail, acting }: MaterialListProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const { data: catalogue } = useCatalogue(detail.divisionCode);
  const titleOf = (material: string) => materialTitleOf(catalogue, detail.itemId, material, t);
  const known = detail.materials.map(({ material }) => material);
  const rows: Row[] = [
    ...detail.materials.map((seen) => ({ material: seen.material, title: titleOf(seen.material), seen })),
    ...detail.missingMaterials
      .filter((material) => !known.includes(material))
      .map((material) => ({ material, title: titleOf(material), seen: null })),
  ];
  const working = detail.task !== null && mayDo(me, detail.task);
  return (
    <>
      {rows.length === 0 ? (
        <EmptyState title={t.materials.none} />
      ) : (
        <DataTable
          caption={t.materials.caption(rows.length)}
          rows={rows}
          rowKey={({ material }) => material}
          columns={[
            { key: 'title', title: t.materials.name, heads: true, render: ({ title }) => title },
            {
              key: 'state',
              title: t.materials.state,
              render: ({ seen }) => (seen ? t.materials.states[seen.state] : t.materials.missing),
            },
            {
              key: 'by',
              title: t.materials.by,
              render: ({ seen }) =>
                seen
                  ? t.case.doneBy(
                      t.roleName(seen.byRole),
                      seen.by === me?.userId,
                      t.format.moment(new Date(seen.at)),
                    )
                  : '—',
            },
            {
              key: 'acts',
              title: t.table.actions,
              render: (row) => (
                <div className="buttons">
                  <Link
                    to={paperAt(which.owner, which.caseId, row.material)}
                    aria-label={t.paper.openOf(row.title)}
                  >
                    {t.paper.open}
                  </Link>
                  {working && <MaterialActs row={row} acting={acting} />}
                </div>
              ),
            },
          ]}
        />
      )}
      <Supplements detail={detail} />
    </>
  );
}

function MaterialActs({ row, acting }: { readonly row: Row; readonly acting: Acting }) {
  const t = useTexts();
  const state = row.seen?.state ?? 'asked';
  return (
    <>
      {state !== 'received' && state !== 'checked' && (
        <Button
          size="small"
          aria-label={t.materials.receiveOf(row.title)}
          loading={acting.busy}
          onClick={() => void acting.run({ kind: 'receive', material: row.material })}
        >
          {t.materials.receive}
        </Button>
      )}
      {state === 'received' && (
        <Button
          size="small"
          aria-label={t.materials.checkOf(row.title)}
          loading={acting.busy}
          onClick={() => void acting.run({ kind: 'check', material: row.material })}
        >
          {t.materials.check}
        </Button>
      )}
    </>
  );
}

/** What the person was told to bring, and what was accepted to come later. */
function Supplements({ detail }: { readonly detail: CaseDetail }) {
  const t = useTexts();
  if (detail.supplements.length === 0 && detail.obligations.length === 0) return null;
  return (
    <>
      <h2>{t.materials.asked}</h2>
      <ul className="plain-list">
        {detail.supplements.map((each) => (
          <li key={each.number}>
            <p>
              {t.materials.supplement(each.number, t.materials.supplementStates[each.state])}
              {each.dueDay && ` ${t.materials.until(t.format.day(each.dueDay))}`}
            </p>
            <p>{each.papers.map(({ title }) => title).join('、')}</p>
            {each.note && <p>{t.case.note(each.note)}</p>}
            <p className="field-help">{t.materials.basis(each.basis)}</p>
          </li>
        ))}
        {detail.obligations.map((each) => (
          <li key={each.material}>
            <p>
              {t.materials.obligation(each.title, t.materials.obligationStates[each.state])}
              {each.dueDay && ` ${t.materials.until(t.format.day(each.dueDay))}`}
            </p>
            <p className="field-help">{t.materials.basis(each.basis)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
