import { useParams } from 'react-router';
import { useParked, useParkedMessage, type ParkedDetail } from '../../api/ops';
import { Loaded } from '../../components/state/Loaded';
import { TraceNumber } from '../../components/state/TraceNumber';
import { useTexts } from '../../texts/TextsProvider';
import { BehindTable } from './BehindTable';
import { FactList } from './FactList';
import { Hurt } from './Hurt';
import { MessageState } from './MessageState';
import { OpsPage } from './OpsPage';
import { ReplayForm } from './ReplayForm';

/** O5, O6: one message that could not be handled, whom it hurts, and the way to have it handled again. */
export function MessageScreen() {
  const { service = '', id = '' } = useParams();
  const t = useTexts();
  const query = useParkedMessage(service, id);
  const heading =
    query.data && t.ops.message.heading(t.ops.factName(query.data.type), t.ops.serviceName(service));
  return (
    <OpsPage title={t.ops.message.title} heading={heading}>
      <Loaded query={query} what={t.ops.message.title}>
        {(message) => (
          <>
            <Facts service={service} message={message} />
            <h2>{t.ops.message.error}</h2>
            <Code text={message.fullError} otherwise={t.ops.message.noError} name={t.ops.message.error} />
            <h2>{t.ops.message.payload}</h2>
            <p>{t.ops.message.payloadHelp}</p>
            <Code text={message.payload} otherwise={t.ops.message.unreadable} name={t.ops.message.payload} />
            <h2>{t.ops.message.behind}</h2>
            <BehindTable service={service} rows={message.behind} />
            <h2>{t.ops.message.replay}</h2>
            <ReplayForm service={service} message={message} />
          </>
        )}
      </Loaded>
    </OpsPage>
  );
}

interface MessageOf {
  readonly service: string;
  readonly message: ParkedDetail;
}

function Facts({ service, message }: MessageOf) {
  const t = useTexts();
  const { data: parked } = useParked();
  const line = parked?.rows.find((row) => row.service === service && row.message.id === message.id);
  const trace = message.headers['traceparent']?.split('-')[1];
  const facts = [
    [t.ops.parked.state, <MessageState key="state" state={message.state} />],
    [t.ops.parked.reason, t.ops.parked.reasons[message.reason]],
    // Whom a message that is done with has hurt is no question any more.
    ...(message.doneAt === null
      ? [[t.ops.parked.hurts, line ? <Hurt key="hurt" line={line} /> : t.ops.unknown] as const]
      : []),
    [t.ops.parked.parkedAt, t.format.moment(new Date(message.parkedAt))],
    [t.ops.parked.attempts, message.attempts],
    [t.ops.message.reader, <code key="reader">{message.consumer}</code>],
    [t.ops.message.position, <code key="position">{`${message.topic} ${message.position}`}</code>],
  ] as const;
  return (
    <FactList facts={facts}>
      {message.doneAt !== null && message.doneBy !== null && (
        <p>{t.ops.message.doneBy(message.doneBy, t.format.moment(new Date(message.doneAt)))}</p>
      )}
      {trace && <TraceNumber traceId={trace} />}
    </FactList>
  );
}

interface CodeProps {
  readonly text: string | null;
  readonly otherwise: string;
  readonly name: string;
}

/** What machines wrote, as they wrote it. */
function Code({ text, otherwise, name }: CodeProps) {
  if (text === null) return <p>{otherwise}</p>;
  return (
    <section aria-label={name}>
      <pre className="ops-code">
        <code>{text}</code>
      </pre>
    </section>
  );
}
