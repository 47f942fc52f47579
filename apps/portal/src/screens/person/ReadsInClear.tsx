import { usePersonReads } from '../../api/persons';
import { useMe } from '../../api/session';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';

/** Who read what of this file in clear, when, and for what purpose. */
export function ReadsInClear({ personId }: { readonly personId: string }) {
  const t = useTexts();
  const { data: me } = useMe();
  return (
    <section aria-labelledby="reads">
      <h2 id="reads">{t.person.reads}</h2>
      <Loaded query={usePersonReads(personId)} what={t.person.reads} lines={2}>
        {({ reads }) =>
          reads.length === 0 ? (
            <EmptyState title={t.person.noReads} />
          ) : (
            <DataTable
              caption={t.person.readCaption(reads.length)}
              rows={reads}
              rowKey={({ at, field }) => `${at} ${field}`}
              columns={[
                {
                  key: 'at',
                  title: t.person.readAt,
                  heads: true,
                  render: ({ at }) => t.format.moment(new Date(at)),
                },
                {
                  key: 'by',
                  title: t.materials.by,
                  render: ({ by }) => t.history.by(t.roleName(by.role), by.id === me?.userId),
                },
                {
                  key: 'field',
                  title: t.person.readField,
                  render: ({ field }) =>
                    (t.person.fields as Readonly<Record<string, string>>)[field] ?? t.person.otherField,
                },
                { key: 'purpose', title: t.person.purpose, render: ({ purpose }) => purpose },
              ]}
            />
          )
        }
      </Loaded>
    </section>
  );
}
