import { Link } from 'react-router';
import { useMessagesTo } from '../../api/personFile';
import { EmptyState } from '../../components/state/EmptyState';
import { Loaded } from '../../components/state/Loaded';
import { DataTable } from '../../components/table/DataTable';
import { caseAt } from '../../routes';
import { useTexts } from '../../texts/TextsProvider';

/** What the person was told, how, and whether it came. */
export function Messages({ personId }: { readonly personId: string }) {
  const t = useTexts();
  return (
    <Loaded query={useMessagesTo(personId)} what={t.personFile.tabs.messages}>
      {(messages) =>
        messages.length === 0 ? (
          <EmptyState title={t.personFile.noMessages} />
        ) : (
          <DataTable
            caption={t.personFile.messageCaption(messages.length)}
            rows={messages}
            rowKey={({ messageId }) => messageId}
            columns={[
              {
                key: 'about',
                title: t.personFile.about,
                heads: true,
                render: ({ template, text, owner, caseId }) => (
                  <>
                    {t.personFile.templates[template]}
                    <span className="aside" lang="zh-CN">
                      {text}
                    </span>
                    <Link
                      to={caseAt(owner, caseId)}
                      aria-label={t.personFile.toCaseOf(t.personFile.templates[template])}
                    >
                      {t.personFile.toCase}
                    </Link>
                  </>
                ),
              },
              {
                key: 'at',
                title: t.personFile.askedAt,
                render: ({ requestedAt }) => t.format.moment(new Date(requestedAt)),
              },
              {
                key: 'channel',
                title: t.personFile.channel,
                render: ({ channel }) => (channel ? t.person.channels[channel] : t.personFile.noChannel),
              },
              {
                key: 'state',
                title: t.personFile.messageState,
                render: ({ state, reason, stateAt }) => (
                  <>
                    {t.personFile.messageStates[state]}
                    {reason && <span className="aside">{t.personFile.messageReasons[reason]}</span>}
                    <span className="aside">{t.format.moment(new Date(stateAt))}</span>
                  </>
                ),
              },
            ]}
          />
        )
      }
    </Loaded>
  );
}
