import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { FoundPerson } from '../../api/search';
import { useDivisionName } from '../../api/places';
import { StatusChip } from '../../components/case/StatusChip';
import { caseAt, documentAt, personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import type { GlobalSearch } from './useGlobalSearch';

type Group = 'persons' | 'cases' | 'documents';

/** One result: where it leads, and what is read of it. */
export interface SearchOption {
  readonly id: string;
  readonly group: Group;
  readonly to: string;
  readonly content: ReactNode;
}

const groups: readonly Group[] = ['persons', 'cases', 'documents'];

/** What was found, in the order in which the arrow keys go through it. */
export function optionsOf({ persons, cases, documents }: GlobalSearch): SearchOption[] {
  return [
    ...persons.map((person) => ({
      id: `found-person-${person.personId}`,
      group: 'persons' as const,
      to: personAt(person.personId),
      content: <PersonFound person={person} />,
    })),
    ...cases.map((row) => ({
      id: `found-case-${row.caseId}`,
      group: 'cases' as const,
      to: caseAt(row.owner, row.caseId),
      content: <CaseFound row={row} />,
    })),
    ...documents.map((document) => ({
      id: `found-document-${document.documentId}`,
      group: 'documents' as const,
      to: documentAt(document.of.owner, document.of.caseId, document.documentId),
      content: <DocumentFound document={document} />,
    })),
  ];
}

interface SearchOptionsProps {
  readonly id: string;
  readonly options: readonly SearchOption[];
  readonly active: string | null;
  onOpen(to: string): void;
}

/** The list of a combobox: the focus stays in the field, and what is chosen there is marked here. */
export function SearchOptions({ id, options, active, onOpen }: SearchOptionsProps) {
  const t = useTexts();
  return (
    <div className="search-options" role="listbox" id={id} aria-label={t.search.results} tabIndex={-1}>
      {groups
        .filter((group) => options.some((option) => option.group === group))
        .map((group) => (
          <div role="group" key={group} aria-labelledby={`${id}-${group}`}>
            <div role="presentation" className="search-group-name" id={`${id}-${group}`}>
              {t.search.groups[group]}
            </div>
            {options
              .filter((option) => option.group === group)
              .map((option) => (
                <Link
                  key={option.id}
                  id={option.id}
                  className="search-option"
                  role="option"
                  aria-selected={option.id === active}
                  tabIndex={-1}
                  to={option.to}
                  onClick={(event) => {
                    // In a window of its own the browser opens it itself.
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    onOpen(option.to);
                  }}
                >
                  {option.content}
                </Link>
              ))}
          </div>
        ))}
    </div>
  );
}

function PersonFound({ person }: { readonly person: FoundPerson }) {
  const t = useTexts();
  const division = useDivisionName(person.divisionCode);
  const place = division.name ?? (division.asking ? t.states.loading : t.case.placeUnknown);
  const words = [
    person.sex && t.person.sexes[person.sex],
    person.birthDate && t.search.born(t.format.day(person.birthDate)),
    place,
  ];
  return (
    <>
      <strong>{person.name}</strong>
      <span className="aside">{words.filter(Boolean).join(' · ')}</span>
    </>
  );
}

function CaseFound({ row }: { readonly row: GlobalSearch['cases'][number] }) {
  const t = useTexts();
  const words = [
    row.personName ?? t.queue.noPerson,
    row.divisionName ?? t.case.placeUnknown,
    t.periods(row.period),
  ];
  return (
    <>
      <strong>{row.title}</strong> <StatusChip status={row.status} />
      <span className="aside">{words.join(' · ')}</span>
    </>
  );
}

function DocumentFound({ document }: { readonly document: GlobalSearch['documents'][number] }) {
  const t = useTexts();
  return (
    <>
      <strong>{t.documents.kinds[document.kind]}</strong>
      <span className="aside">
        {document.number} · {document.of.title} · {t.format.day(document.madeOn)}
      </span>
    </>
  );
}
