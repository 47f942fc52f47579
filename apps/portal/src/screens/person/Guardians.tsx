import type { PersonFile } from '../../api/persons';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { ClearField } from './ClearField';
import { useMayReveal } from './useMayReveal';

type Guardian = PersonFile['guardians'][number];

interface GuardiansProps {
  readonly personId: string;
  readonly guardians: PersonFile['guardians'];
}

/** Who acts for the person, on what ground, in what, and until when. */
export function Guardians({ personId, guardians }: GuardiansProps) {
  const t = useTexts();
  const mayReveal = useMayReveal();
  const inPlace = mayReveal('identity');
  const secret = ({ guardianId, name }: Guardian, field: 'name' | 'phone', masked: string, what: string) =>
    inPlace ? (
      <ClearField
        which={{ of: 'guardian', id: guardianId, field }}
        personId={personId}
        name={`${name} · ${what}`}
        masked={masked}
      />
    ) : (
      masked
    );
  return (
    <DataTable
      caption={t.person.guardianCaption(guardians.length)}
      rows={guardians}
      rowKey={({ guardianId }) => guardianId}
      columns={[
        {
          key: 'name',
          title: t.person.name,
          heads: true,
          render: (guardian) => secret(guardian, 'name', guardian.name, t.person.name),
        },
        { key: 'relation', title: t.person.relation, render: ({ relation }) => relation },
        {
          key: 'kind',
          title: t.personFile.guardianKind,
          render: ({ kind, basis, proof }) => (
            <>
              {t.personFile.kinds[kind]}
              {basis && <span className="aside">{t.personFile.bases[basis] ?? basis}</span>}
              {proof && <span className="aside">{proof}</span>}
            </>
          ),
        },
        {
          key: 'acts',
          title: t.personFile.acts,
          render: ({ acts }) => acts.map((act) => t.personFile.actNames[act]).join('、'),
        },
        {
          key: 'phone',
          title: t.person.phone,
          render: (guardian) =>
            guardian.phone ? secret(guardian, 'phone', guardian.phone, t.person.phone) : t.person.noPhone,
        },
        {
          key: 'period',
          title: t.personFile.period,
          render: ({ since, until }) =>
            until
              ? t.person.between(t.format.day(since), t.format.day(until))
              : t.person.since(t.format.day(since)),
        },
      ]}
    />
  );
}
