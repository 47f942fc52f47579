import { Link, useParams } from 'react-router';
import { useChain, usePerson, type ChainRound } from '../../api/persons';
import { Page } from '../../components/page/Page';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { personAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { ChainGraph } from './ChainGraph';
import { ChainTable } from './ChainTable';

/** W5: everything that one event of a person's card set going, what holds it, and who must act. */
export function ChainScreen() {
  const { personId = '' } = useParams();
  const t = useTexts();
  const { data: person } = usePerson(personId);
  const query = useChain(personId);
  return (
    <Page
      title={t.chain.title}
      heading={person ? t.chain.heading(person.name) : t.chain.title}
      actions={person && <Link to={personAt(personId)}>{t.chain.toPerson}</Link>}
    >
      <Loaded query={query} what={t.chain.title}>
        {({ rounds }) =>
          rounds.length === 0 ? (
            <EmptyState title={t.chain.none} />
          ) : (
            rounds.map((round) => <Round key={round.roundId} round={round} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function Round({ round }: { readonly round: ChainRound }) {
  const t = useTexts();
  const done = round.items.filter(({ outcome }) => outcome !== null).length;
  const cause = t.causes[round.cause];
  return (
    <section className="round" aria-labelledby={`round-${round.roundId}`}>
      <h2 id={`round-${round.roundId}`}>{t.chain.round(cause, t.format.day(round.causedOn))}</h2>
      <p>
        <strong>{t.chain.statuses[round.status]}</strong> · {t.chain.progress(done, round.items.length)}
      </p>
      <p>{t.lang === 'zh-CN' ? round.clock.zh : round.clock.en}</p>
      {round.clock.promise?.dueDay && (
        <p>{t.chain.promise(t.format.day(round.clock.promise.dueDay), round.clock.promise.basis)}</p>
      )}
      <ChainTable items={round.items} caption={t.chain.caption(cause, round.items.length)} />
      {round.items.length > 0 && <ChainGraph cause={cause} items={round.items} />}
    </section>
  );
}
