import { useCardHistory, useCardOf, type Card, type CardEvent } from '../../api/personFile';
import { useMe } from '../../api/session';
import { Banner } from '../../components/state/Banner';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import type { Texts } from '../../texts/zh';
import { ClearField } from './ClearField';
import { Entry } from './WhoItIs';

/** The card that is in force, else the newest one, and what happened to it. */
export function CardPanel({ personId }: { readonly personId: string }) {
  const t = useTexts();
  return (
    <Loaded query={useCardOf(personId)} what={t.personFile.tabs.card}>
      {(card) =>
        card ? <CardFile card={card} personId={personId} /> : <EmptyState title={t.personFile.noCard} />
      }
    </Loaded>
  );
}

function CardFile({ card, personId }: { readonly card: Card; readonly personId: string }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <>
      {card.proposals.map(({ propose, on }) => (
        <Banner
          key={`${propose} ${on}`}
          kind="warning"
          title={t.personFile.proposal(t.personFile.proposes[propose], t.format.day(on))}
        />
      ))}
      <section className="identity" aria-labelledby="card">
        <h2 id="card">{t.personFile.tabs.card}</h2>
        <dl>
          <Entry name={t.personFile.cardNumber}>
            {me?.permissions.includes('card:reveal') ? (
              <ClearField
                which={{ of: 'card', id: card.cardId, field: 'card' }}
                personId={personId}
                name={t.personFile.cardNumber}
                masked={card.cardNumber}
              />
            ) : (
              card.cardNumber
            )}
          </Entry>
          <Entry name={t.personFile.category}>
            {disabilityOf(card.category, card.grade, t)}
            {card.components.length > 1 &&
              card.components.map(({ category, grade }) => (
                <span className="aside" key={category}>
                  {disabilityOf(category, grade, t)}
                </span>
              ))}
          </Entry>
          <Entry name={t.personFile.cardStatus}>
            {t.personFile.cardStatuses[card.status]}
            {card.cancelled && <span className="aside">{t.format.day(card.cancelled.on)}</span>}
          </Entry>
          <Entry name={t.personFile.issuedOn}>{t.format.day(card.issuedOn)}</Entry>
          <Entry name={t.personFile.validTo}>{t.format.day(card.validTo)}</Entry>
          <Entry name={t.personFile.delivered}>
            {card.deliveredOn ? t.format.day(card.deliveredOn) : t.personFile.notDelivered}
          </Entry>
        </dl>
      </section>
      <section aria-labelledby="card-history">
        <h2 id="card-history">{t.personFile.cardHistory}</h2>
        <Loaded query={useCardHistory(card.cardId)} what={t.personFile.cardHistory} lines={3}>
          {(events) => <CardHistory events={events} />}
        </Loaded>
      </section>
    </>
  );
}

function CardHistory({ events }: { readonly events: readonly CardEvent[] }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <DataTable
      caption={t.personFile.cardHistoryCaption(events.length)}
      rows={events}
      rowKey={({ version }) => String(version)}
      columns={[
        {
          key: 'what',
          title: t.personFile.happened,
          heads: true,
          render: ({ action }) => t.personFile.actions[action] ?? t.personFile.otherAction,
        },
        { key: 'at', title: t.person.readAt, render: ({ at }) => t.format.moment(new Date(at)) },
        {
          key: 'by',
          title: t.materials.by,
          render: ({ by }) => t.history.by(t.roleName(by.role), by.id === me?.userId),
        },
        {
          key: 'disability',
          title: t.personFile.category,
          render: ({ category, grade }) => disabilityOf(category, grade, t),
        },
        {
          key: 'status',
          title: t.personFile.cardStatus,
          render: ({ status }) => t.personFile.cardStatuses[status] ?? t.personFile.otherAction,
        },
        { key: 'validTo', title: t.personFile.validTo, render: ({ validTo }) => t.format.day(validTo) },
      ]}
    />
  );
}

const disabilityOf = (category: string, grade: number, t: Texts): string =>
  t.personFile.disability(t.personFile.categories[category] ?? '', t.personFile.grades(grade));
