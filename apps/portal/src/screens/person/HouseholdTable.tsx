import { Link } from 'react-router';
import { useHousehold } from '../../api/personFile';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface HouseholdTableProps {
  readonly householdId: string;
  /** Whose file it is. */
  readonly personId: string;
}

/** With whom the person lives, and the way to their files. */
export function HouseholdTable({ householdId, personId }: HouseholdTableProps) {
  const t = useTexts();
  return (
    <Loaded query={useHousehold(householdId)} what={t.personFile.household} lines={2}>
      {({ members, headPersonId }) => (
        <>
          <DataTable
            caption={t.personFile.householdCaption(members.length)}
            rows={members}
            rowKey={(member) => member.personId}
            columns={[
              {
                key: 'name',
                title: t.person.name,
                heads: true,
                render: (member) => (
                  <>
                    {member.personId === personId ? (
                      member.name
                    ) : (
                      <Link to={personAt(member.personId)}>{member.name}</Link>
                    )}
                    {member.personId === personId && <span className="aside">{t.personFile.self}</span>}
                    {member.personId === headPersonId && <span className="aside">{t.personFile.head}</span>}
                  </>
                ),
              },
              { key: 'sex', title: t.person.sex, render: ({ sex }) => t.person.sexes[sex] },
              {
                key: 'birthDate',
                title: t.person.birthDate,
                render: ({ birthDate }) => t.format.day(birthDate),
              },
              {
                key: 'lives',
                title: t.personFile.lives,
                render: ({ diedOn, movedAwayOn }) => {
                  if (diedOn) return t.person.died(t.format.day(diedOn));
                  return movedAwayOn ? t.person.movedAway(t.format.day(movedAwayOn)) : t.personFile.livesHere;
                },
              },
            ]}
          />
          <p className="field-help">{t.personFile.householdNote}</p>
        </>
      )}
    </Loaded>
  );
}
