import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { REFRESH_SECONDS, useOverview, type OperationsOverview } from '../../api/ops';
import { useAnnounce } from '../../components/page/Announcer';
import { Banner } from '../../components/state/Banner';
import { Loaded } from '../../components/state/Loaded';
import { useTexts } from '../../texts/TextsProvider';
import { OpsPage } from './OpsPage';
import { ServicesTable } from './ServicesTable';
import { conditionOf } from './troubles';

/** O1: is it healthy, and who is hurt. One sentence on top, what it rests on beneath. */
export function OverviewScreen() {
  const t = useTexts();
  const announce = useAnnounce();
  const [paused, setPaused] = useState(false);
  const query = useOverview(paused);
  const refresh = async () => {
    await query.refetch();
    announce(t.ops.refreshed);
  };
  return (
    <OpsPage title={t.ops.pages.ops}>
      <Loaded query={query} what={t.ops.overview.what}>
        {(overview) => (
          <>
            <Condition overview={overview} />
            <div className="ops-fresh">
              <p>
                {paused
                  ? t.ops.paused(t.format.time(new Date(overview.asOf)))
                  : t.ops.asOf(t.format.time(new Date(overview.asOf)), REFRESH_SECONDS)}
              </p>
              <Button onClick={() => void refresh()}>{t.ops.refresh}</Button>
              <Button onClick={() => setPaused(!paused)}>{paused ? t.ops.resume : t.ops.pause}</Button>
            </div>
            <Alarms alarms={overview.alarms} />
            <h2>{t.ops.overview.services}</h2>
            <ServicesTable services={overview.services} />
          </>
        )}
      </Loaded>
    </OpsPage>
  );
}

const KINDS = { good: 'success', bad: 'error', doubtful: 'warning' } as const;

/** The sentence; said again only when it has become another one. */
function Condition({ overview }: { readonly overview: OperationsOverview }) {
  const t = useTexts();
  const announce = useAnnounce();
  const { state, troubles } = conditionOf(overview, t);
  const sentence = `${t.ops.overview[state]}：${t.ops.sentences(troubles.map(({ text }) => text))}`;
  const said = useRef(sentence);
  useEffect(() => {
    if (said.current !== sentence) announce(sentence);
    said.current = sentence;
  }, [announce, sentence]);
  return (
    <Banner kind={KINDS[state]} title={t.ops.overview[state]}>
      <ul>
        {troubles.map(({ text, to }) => (
          <li key={text}>{to ? <Link to={to}>{text}</Link> : text}</li>
        ))}
      </ul>
    </Banner>
  );
}

function Alarms({ alarms }: { readonly alarms: OperationsOverview['alarms'] }) {
  const t = useTexts();
  if (alarms.length === 0) return null;
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">{t.ops.overview.alarmList}</h2>
      <ul>
        {alarms.map(({ service, what, raisedAt }) => (
          <li key={service}>
            {t.ops.serviceName(service)}：{t.ops.overview.alarmOf[what]}，
            {t.ops.overview.since(t.format.moment(new Date(raisedAt)))}
          </li>
        ))}
      </ul>
    </section>
  );
}
