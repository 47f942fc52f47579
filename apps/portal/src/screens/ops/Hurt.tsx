import { Link } from 'react-router';
import type { ParkedLine } from '../../api/ops';
import { DeadlineChip } from '../../components/case/DeadlineChip';
import { caseAt, personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

/** Whom a message hurts, by links that hold ids only, and the term that ends first. */
export function Hurt({ line: { message, nearest } }: { readonly line: ParkedLine }) {
  const t = useTexts();
  const words = t.ops.parked;
  if (message.personId === null && nearest === null) return <>{words.noPerson}</>;
  return (
    <>
      {message.personId !== null && (
        <Link
          to={personAt(message.personId)}
          aria-label={words.personOf(`${t.ops.factName(message.type)} ${message.id}`)}
        >
          {words.person}
        </Link>
      )}
      <span className="aside">
        {nearest ? <Link to={caseAt(nearest.owner, nearest.caseId)}>{nearest.title}</Link> : words.noCase}
      </span>
      {nearest?.term && (
        <DeadlineChip
          term={{
            kind: nearest.term.kind,
            due: nearest.term.dueAt,
            provisional: nearest.term.provisional,
            paused: nearest.term.paused,
          }}
        />
      )}
    </>
  );
}
