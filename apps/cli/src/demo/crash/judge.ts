import { caseOwners } from '../office.js';
import type { Sql } from '../sql.js';
import type { Acknowledged } from './ledger.js';

/** Something was lost, doubled, or stands otherwise than was acknowledged. */
export interface Finding {
  readonly invariant: string;
  readonly detail: string;
}

const schemas = [
  'registry',
  'certification',
  'lifecycle',
  ...caseOwners.filter((owner) => owner !== 'certification'),
].map((service) => service.replaceAll('-', '_'));

/** A union over all services of one table. */
function overAll(columns: string, table: string): string {
  return schemas
    .map((schema) => `select '${schema}' as service, ${columns} from ${schema}.${table}`)
    .join(' union all ');
}

/** Whether nothing is on its way any more: every fact is handled by every consumer that reads its type. */
export async function missingDeliveries(sql: Sql): Promise<number> {
  const row = await sql.one<{ count: number }>(`
    with facts as (${overAll('message_id, type', 'outbox_messages')}),
         handled as (${overAll('consumer, message_id', 'inbox_messages')}),
         readers as (select distinct handled.consumer, facts.type from handled join facts using (message_id))
    select count(*)::int as count
    from readers join facts using (type)
    where not exists (select from handled where handled.consumer = readers.consumer and handled.message_id = facts.message_id)`);
  return row?.count ?? 0;
}

/**
 * Judges by SQL and the client's ledger alone: what was acknowledged is there, once; every fact had its effect; rounds ended as their cases did.
 */
export async function judge(sql: Sql, ledger: readonly Acknowledged[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const none = async (invariant: string, query: string, params: readonly unknown[] = []) => {
    for (const row of (await sql.rows<Record<string, unknown>>(query, params)).slice(0, 5)) {
      findings.push({ invariant, detail: JSON.stringify(row) });
    }
  };
  const idsOf = (field: string) => [
    ...new Set(ledger.map(({ answer }) => answer[field]).filter((id) => typeof id === 'string')),
  ];

  // Acknowledged is kept.
  await none(
    'an acknowledged person is on file',
    'select id from unnest($1::uuid[]) as id where not exists (select from registry.persons p where p.person_id = id)',
    [idsOf('personId')],
  );
  await none(
    'an acknowledged card exists',
    'select id from unnest($1::uuid[]) as id where not exists (select from certification.cards c where c.card_id = id)',
    [idsOf('cardId')],
  );
  for (const owner of caseOwners) {
    const last = new Map<string, { status: string; version: number }>();
    for (const { service, answer } of ledger) {
      if (service === owner && typeof answer['caseId'] === 'string') {
        last.set(answer['caseId'], { status: String(answer['status']), version: Number(answer['version']) });
      }
    }
    await none(
      `${owner}: a case stands where it was acknowledged, or further on`,
      `select a.id, a.status, c.status as found from unnest($1::uuid[], $2::text[], $3::int[]) as a (id, status, version)
       left join ${owner.replaceAll('-', '_')}.cases c on c.case_id = a.id
       where c.case_id is null or c.version < a.version or (c.version = a.version and c.status <> a.status)`,
      [
        [...last.keys()],
        [...last.values()].map(({ status }) => status),
        [...last.values()].map(({ version }) => version),
      ],
    );
  }

  // Once is once.
  await none(
    'a person has one valid card',
    `select person_id, count(*) from certification.cards where status = 'valid' group by person_id having count(*) > 1`,
  );
  await none(
    'a card is issued by one fact',
    `select payload ->> 'cardId' as card, count(distinct message_id) from certification.outbox_messages
     where type = 'certification.card.issued.v1' group by 1 having count(distinct message_id) > 1`,
  );
  await none(
    'a card causes one round',
    `select person_id, count(*) from lifecycle.rounds where cause = 'card-issued' group by person_id
     having count(*) <> (select count(*) from certification.cards c where c.person_id = rounds.person_id)`,
  );
  for (const owner of caseOwners) {
    const schema = owner.replaceAll('-', '_');
    await none(
      `${owner}: one live case per person, item and period`,
      `select person_id, item_id, period, count(*) from ${schema}.cases
       where status not in ('refused', 'declined', 'stopped', 'withdrawn') group by 1, 2, 3 having count(*) > 1`,
    );
    // Its terms, reminders and papers are told beside it, with the version at which they were so.
    await none(
      `${owner}: each version of a case is told by one fact`,
      `select payload ->> 'caseId' as id, payload ->> 'version' as version, count(distinct message_id) from ${schema}.outbox_messages
       where topic = '${owner}.case' and type !~ '[.](reminded|term|papers-awaited)[.]' group by 1, 2 having count(distinct message_id) > 1`,
    );
    await none(
      `${owner}: a step is done once`,
      `select case_id, step, count(*) from ${schema}.case_steps group by 1, 2 having count(*) > 1`,
    );
  }
  await none(
    'one benefit per person and item',
    `select person_id, item_id, count(*) from subsidies.benefits group by 1, 2 having count(*) > 1`,
  );
  await none(
    'a granted case of money has its benefit',
    `select c.case_id, c.item_id from subsidies.cases c
     where c.status = 'granted' and c.item_id in (select item_id from subsidies.benefits)
       and not exists (select from subsidies.benefits b where b.case_id = c.case_id)`,
  );

  // Nothing is lost on the way.
  await none(
    'nothing is parked',
    `select service, consumer, reason, split_part(error, E'\\n', 1) as error
    from (${overAll('consumer, reason, error, state', 'parked_messages')}) p where state in ('failed', 'waiting')`,
  );
  const missing = await missingDeliveries(sql);
  if (missing > 0)
    findings.push({
      invariant: 'every fact is handled by every consumer that reads its type',
      detail: `${missing} are not`,
    });
  const cases = schemas
    .filter((schema) => schema !== 'registry' && schema !== 'lifecycle')
    .map((schema) => `select case_id, status from ${schema}.cases`)
    .join(' union all ');
  await none(
    'a round’s item ends as its case did',
    `select i.round_id, i.item_id, i.outcome, c.status from lifecycle.round_items i
     left join (${cases}) c on c.case_id = i.case_id
     where i.action = 'open' and (c.case_id is null or i.outcome is distinct from c.status)
       and exists (select from lifecycle.rounds r where r.round_id = i.round_id and r.status = 'complete')`,
  );
  await none(
    'a round closes when all its items have an outcome, and only then',
    `select r.round_id, r.status from lifecycle.rounds r
     where (r.status = 'complete') <> not exists (select from lifecycle.round_items i where i.round_id = r.round_id and i.outcome is null)`,
  );
  return findings;
}
