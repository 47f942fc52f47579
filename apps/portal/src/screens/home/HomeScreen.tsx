import { Link } from 'react-router';
import { useCounts, useQueue } from '../../api/queue';
import { useMe } from '../../api/session';
import { Page } from '../../components/page/Page';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { routes } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';
import { QueueTable } from '../queue/QueueTable';
import { countLinksOf } from './countLinks';

/** W2: what needs me today, the most urgent first. */
export function HomeScreen() {
  const t = useTexts();
  const { data: me } = useMe();
  const works = me?.permissions.includes('case:work') ?? false;
  return (
    <Page title={t.home.title} heading={me ? t.home.heading(me.name) : t.home.title}>
      {works ? <Work /> : <EmptyState title={t.home.noWork} />}
    </Page>
  );
}

function Work() {
  const t = useTexts();
  return (
    <>
      <section aria-labelledby="counts">
        <h2 id="counts">{t.home.counts}</h2>
        <Loaded query={useCounts()} what={t.home.countFailed} lines={2}>
          {(counts) => (
            <ul className="counts">
              {countLinksOf(counts, t).map(({ key, text, to, urgent }) => (
                <li key={key}>
                  <Link to={to} className={urgent ? 'count count-urgent' : 'count'}>
                    {text}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </section>
      <Mine />
    </>
  );
}

/** The cases that I have, the one whose term ends first above. */
function Mine() {
  const t = useTexts();
  const query = useQueue({ view: 'mine', sort: 'due' });
  return (
    <section aria-labelledby="mine">
      <h2 id="mine">{t.home.urgent}</h2>
      <Loaded query={query} what={t.queue.title}>
        {({ rows, total }) =>
          rows.length === 0 ? (
            <EmptyState title={t.home.nothing} action={<Link to={routes.queue}>{t.home.toPool}</Link>} />
          ) : (
            <QueueTable
              rows={rows.slice(0, 10)}
              sort="due"
              busy={query.isFetching}
              caption={t.queue.caption(
                t.queue.views.mine,
                t.queue.total(total.value, total.atLeast),
                t.queue.orders.due,
              )}
            />
          )
        }
      </Loaded>
    </section>
  );
}
