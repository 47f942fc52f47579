import { Link } from 'react-router';
import { useMe } from '../../api/session';
import { personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

interface PersonCellProps {
  readonly personId: string;
  /** Masked; null: there is no account. */
  readonly payeeName: string | null;
}

/** Who is paid, and the way to the file of the person for whoever may see it. */
export function PersonCell({ personId, payeeName }: PersonCellProps) {
  const t = useTexts();
  const { data: me } = useMe();
  const name = payeeName ?? t.money.noAccount;
  return me?.permissions.includes('person:read') ? <Link to={personAt(personId)}>{name}</Link> : <>{name}</>;
}
