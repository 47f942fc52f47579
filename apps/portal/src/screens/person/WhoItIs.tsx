import type { ReactNode } from 'react';
import type { ClearField as Field } from '../../api/personFile';
import type { PersonFile } from '../../api/persons';
import { PlaceName } from '../../components/case/PlaceName';
import { Banner } from '../../components/state/Banner';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import { ClearField } from './ClearField';
import { useMayReveal } from './useMayReveal';

type PersonField = Extract<Field, { of: 'person' }>['field'];

/** Who it is, how to reach them, and what is peculiar about the file. */
export function WhoItIs({ person }: { readonly person: PersonFile }) {
  const t = useTexts();
  const mayReveal = useMayReveal();
  const { personId, temporary, formerNumbers } = person;
  const secret = (field: PersonField, name: string, masked: string | null, none: string) => {
    if (masked === null) return none;
    if (!mayReveal(field)) return masked;
    return (
      <ClearField
        which={{ of: 'person', id: personId, field }}
        personId={personId}
        name={name}
        masked={masked}
      />
    );
  };
  const none = { identity: temporary ? t.person.noPhone : t.person.notShown, phone: t.person.noPhone };
  return (
    <>
      {temporary?.isOpen && (
        <Banner kind="info" title={t.personFile.temporary(temporary.reference)}>
          <p>{t.personFile.temporaryText(t.format.day(temporary.registeredOn), temporary.vouchedBy)}</p>
        </Banner>
      )}
      <section className="identity" aria-labelledby="who">
        <h2 id="who">{t.person.who}</h2>
        <dl>
          <Entry name={t.person.name}>{secret('name', t.person.name, person.name, '')}</Entry>
          <Entry name={t.person.sex}>{t.person.sexes[person.sex]}</Entry>
          <Entry name={t.person.birthDate}>{t.format.day(person.birthDate)}</Entry>
          <Entry name={t.person.identityNumber}>
            {secret('identity', t.person.identityNumber, person.identityNumber, none.identity)}
          </Entry>
          <Entry name={t.person.phone}>{secret('phone', t.person.phone, person.phone, none.phone)}</Entry>
          <Entry name={t.person.address}>
            {secret(
              'address',
              t.person.address,
              person.hasAddress ? t.person.addressOnFile : null,
              t.person.noAddress,
            )}
          </Entry>
          <Entry name={t.case.place}>
            <PlaceName code={person.divisionCode} />
          </Entry>
          <Entry name={t.person.contact}>{contactText(person, t)}</Entry>
        </dl>
        <p className="field-help">{mayReveal('name') ? t.personFile.mayReveal : t.personFile.mayNotReveal}</p>
      </section>
      {formerNumbers.length > 0 && (
        <DataTable
          caption={t.personFile.formerNumbers(formerNumbers.length)}
          rows={formerNumbers}
          rowKey={({ identityNumber, until }) => `${identityNumber} ${until}`}
          columns={[
            {
              key: 'number',
              title: t.person.identityNumber,
              heads: true,
              render: ({ identityNumber }) => identityNumber,
            },
            {
              key: 'basis',
              title: t.personFile.formerBasis,
              render: ({ basis }) => t.personFile.formerBases[basis],
            },
            { key: 'until', title: t.personFile.formerUntil, render: ({ until }) => t.format.day(until) },
            { key: 'reason', title: t.personFile.formerReason, render: ({ reason }) => reason },
          ]}
        />
      )}
    </>
  );
}

function contactText({ contact }: PersonFile, t: ReturnType<typeof useTexts>): string {
  if (!contact) return t.person.notShown;
  const way = t.person.channels[contact.way.channel];
  return contact.preference ? t.person.wanted(way) : t.person.byDefault(way);
}

/** One thing that is known, by its name. */
export function Entry({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
