import { factNamed } from '../../api/facts';
import type { PersonFile } from '../../api/persons';
import { DataTable } from '../../components/table/DataTable';
import { useTexts } from '../../texts/TextsProvider';
import type { Texts } from '../../texts/zh';

type Fact = PersonFile['facts'][number];

/** What is known of the person, each fact with who said it and as of when. */
export function FactTable({ facts }: { readonly facts: readonly Fact[] }) {
  const t = useTexts();
  return (
    <DataTable
      caption={t.person.factCaption(facts.length)}
      rows={facts}
      rowKey={({ factId }) => factId}
      columns={[
        { key: 'name', title: t.person.fact, heads: true, render: ({ name }) => nameOf(name, t) },
        { key: 'value', title: t.person.value, render: (fact) => valueOf(fact, t) },
        { key: 'source', title: t.person.source, render: ({ source }) => t.person.sourceOf(source.kind) },
        { key: 'asOf', title: t.person.asOf, render: ({ source }) => t.format.day(source.asOf) },
        { key: 'valid', title: t.person.validity, render: (fact) => validityOf(fact, t) },
      ]}
    />
  );
}

function nameOf(name: string, t: Texts): string {
  const fact = factNamed(name);
  if (!fact) return t.person.unnamedFact;
  return t.lang === 'zh-CN' ? fact.zh : fact.en;
}

function valueOf({ name, value }: Fact, t: Texts): string {
  if (typeof value === 'boolean') return value ? t.person.yes : t.person.no;
  if (typeof value === 'number') return String(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return t.format.day(value);
  return factNamed(name)?.values?.[value] ?? value;
}

function validityOf({ validFrom, validTo }: Fact, t: Texts): string {
  if (validFrom && validTo) return t.person.between(t.format.day(validFrom), t.format.day(validTo));
  if (validFrom) return t.person.since(t.format.day(validFrom));
  if (validTo) return t.person.until(t.format.day(validTo));
  return t.person.always;
}
