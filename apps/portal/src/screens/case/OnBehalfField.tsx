import { usePerson } from '../../api/persons';
import { SelectField } from '../../components/input/SelectField';
import { useTexts } from '../../texts/TextsProvider';

interface OnBehalfFieldProps {
  readonly id: string;
  readonly personId: string;
  /** Of who acts for the person, their entry on file; empty: the person. */
  readonly value: string;
  onChange(value: string): void;
}

/** Who says it: the person, or one of those on file who may act for them. Whether they may, the service says. */
export function OnBehalfField({ personId, ...field }: OnBehalfFieldProps) {
  const t = useTexts();
  const { data: person } = usePerson(personId);
  // Who cannot see the file, or of whom nobody is on file, takes down what the person says.
  if (!person || person.guardians.length === 0) return null;
  return (
    <SelectField
      {...field}
      label={t.consent.by}
      help={t.consent.byHelp}
      all={t.consent.self}
      options={person.guardians.map(({ guardianId, name, relation, kind }) => ({
        value: guardianId,
        label: t.consent.onBehalf(name, relation, t.personFile.kinds[kind]),
      }))}
    />
  );
}
