import { Inject, Injectable } from '@nestjs/common';
import { messageFacts, type MessageFacts, type Owner } from '@app/contracts';
import { isProtected, RetainedRecords, type RecordContent } from '@app/files';
import { Outbox } from '@app/messaging';
import { Database, type Caller, type Tx } from '@app/platform';
import { SERVICE_NAME } from '@app/service-host';
import { caseStanding } from './case-standing.js';

/** What persons were told about their cases is kept as long as the place says, from the end of the case on. */
@Injectable()
export class RetainedMessages extends RetainedRecords {
  readonly class = 'case-message';
  readonly sql = `select m.message_id as record_id, s.ended_on,
      case when ${isProtected('m.person_id')} then 'protected' else s.held end as held,
      octet_length(m.text) + octet_length(m.params::text) as bytes
    from case_messages m join (${caseStanding.sql}) s using (case_id)`;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(SERVICE_NAME) private readonly service: Owner,
  ) {
    super();
  }

  /** Registry, which has sent them, forgets how they went. */
  async remove(tx: Tx, messageIds: readonly string[]): Promise<void> {
    const gone = await tx.query<{
      messageId: string;
      caseId: string;
      personId: string;
      divisionCode: string;
    }>(
      `delete from case_messages where message_id = any($1::uuid[])
       returning message_id as "messageId", case_id as "caseId", person_id as "personId", division_code as "divisionCode"`,
      [messageIds],
    );
    const { destroyed } = messageFacts[this.service] as MessageFacts;
    this.outbox.append(
      tx,
      gone.map((message) => destroyed.of({ ...message, version: 3 })),
    );
  }

  async contents(worker: Caller, messageIds: readonly string[]): Promise<readonly RecordContent[]> {
    const rows = await this.database.query<{
      message_id: string;
      person_id: string;
      case_id: string;
      content: string;
    }>(
      worker,
      `select message_id, person_id, case_id, jsonb_pretty(jsonb_build_object('messageId', message_id, 'template', template,
         'params', params, 'text', text, 'state', state, 'channel', channel, 'reason', reason, 'tries', tries, 'stateAt', state_at,
         'requestedAt', requested_at, 'requestedBy', requested_by, 'requestedByRole', requested_by_role)) as content
       from case_messages where message_id = any($1::uuid[])`,
      [messageIds],
    );
    return rows.map((row) => ({
      recordId: row.message_id,
      personId: row.person_id,
      caseId: row.case_id,
      name: `message-${row.message_id}.json`,
      type: 'application/json',
      content: Buffer.from(row.content),
    }));
  }
}
