import { useState } from 'react';
import { Link } from 'react-router';
import { useCatalogue } from '../../api/cases';
import { useBenefitsOf, useBooks, type Benefit } from '../../api/personFile';
import { itemTitleOf } from '../../components/case/itemTitle';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { StateChip } from '../../components/state/StateChip';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

const TONES = { running: 'good', held: 'still', stopped: 'bad' } as const;

/** What the person is paid month by month, and what is owed and paid of it. */
export function Benefits({ personId }: { readonly personId: string }) {
  const t = useTexts();
  return (
    <Loaded query={useBenefitsOf(personId)} what={t.personFile.tabs.money}>
      {({ benefits }) =>
        benefits.length === 0 ? (
          <EmptyState title={t.personFile.noBenefits} />
        ) : (
          <BenefitTable benefits={benefits} />
        )
      }
    </Loaded>
  );
}

function BenefitTable({ benefits }: { readonly benefits: readonly Benefit[] }) {
  const t = useTexts();
  const { data: catalogue } = useCatalogue(benefits[0]?.divisionCode);
  const titleOf = ({ itemId }: Benefit) => itemTitleOf(catalogue, itemId, t) ?? t.personFile.itemUnnamed;
  return (
    <>
      <DataTable
        caption={t.personFile.benefitCaption(benefits.length)}
        rows={benefits}
        rowKey={({ benefitId }) => benefitId}
        columns={[
          {
            key: 'item',
            title: t.personFile.item,
            heads: true,
            render: (benefit) => <Link to={caseAt('subsidies', benefit.caseId)}>{titleOf(benefit)}</Link>,
          },
          {
            key: 'status',
            title: t.queue.status,
            render: ({ status, heldFrom, unpayable }) => (
              <>
                <StateChip tone={TONES[status]}>{t.personFile.benefitStatuses[status]}</StateChip>
                {heldFrom && <span className="aside">{t.personFile.heldFrom(heldFrom)}</span>}
                {unpayable && (
                  <span className="aside" lang="zh-CN">
                    {unpayable}
                  </span>
                )}
              </>
            ),
          },
          {
            key: 'months',
            title: t.personFile.months,
            render: ({ fromMonth, toMonth }) => t.personFile.monthsOf(fromMonth, toMonth),
          },
          {
            key: 'rate',
            title: t.personFile.rate,
            figures: true,
            render: ({ rates }) => {
              const rate = rates?.at(-1);
              return rate ? t.format.yuan(rate.fen) : t.personFile.noRate;
            },
          },
        ]}
      />
      {benefits.map((benefit) => (
        <Books key={benefit.benefitId} benefitId={benefit.benefitId} title={titleOf(benefit)} />
      ))}
    </>
  );
}

function Books({ benefitId, title }: { readonly benefitId: string; readonly title: string }) {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  const query = useBooks(benefitId, open);
  return (
    <details className="books" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t.personFile.booksOf(title)}</summary>
      {open && (
        <Loaded query={query} what={t.personFile.books} lines={3}>
          {({ months }) =>
            months.length === 0 ? (
              <EmptyState title={t.personFile.noBooks} />
            ) : (
              <DataTable
                caption={t.personFile.booksCaption(title)}
                rows={months}
                rowKey={({ month }) => month}
                columns={[
                  {
                    key: 'month',
                    title: t.personFile.month,
                    heads: true,
                    render: ({ month }) => t.personFile.fromMonth(month),
                  },
                  {
                    key: 'owed',
                    title: t.personFile.owed,
                    figures: true,
                    render: ({ owed }) => t.format.yuan(owed),
                  },
                  {
                    key: 'paid',
                    title: t.personFile.paid,
                    figures: true,
                    render: ({ paid }) => t.format.yuan(paid),
                  },
                ]}
              />
            )
          }
        </Loaded>
      )}
    </details>
  );
}
