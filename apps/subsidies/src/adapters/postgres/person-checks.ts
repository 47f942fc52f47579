import type { Tx } from '@app/platform';
import type { PayCheck, PayFinding } from '../../domain/pay-duty.js';
import { dayOf, type PayeeCheck } from './payee-checks.js';

type PersonCheck = Exclude<PayCheck, PayeeCheck>;

export interface PersonCheckOptions {
  readonly runNo: number;
  /** Six digits: whose list of staff and relatives counts. */
  readonly county: string;
  /** Items that the county pays once per household. */
  readonly oncePerHousehold: readonly string[];
}

/** Held benefits of persons whose money a run has planned, with the cause; and what registry says of persons. Both are asked: the news comes on two ways. */
const gone = (known: string, cause: string) => `
  select person_id, min(since) as since from (
    ${known}
    union all
    select person_id, since from holds where cause = '${cause}') told
  group by person_id`;

/**
 * What is to be looked at about the persons whom a run is about to pay. It is the service's own look over the whole county, since whose
 * relative somebody is, and who lives with whom, is not for everyone to ask who prepares a run. Where a household is not on file, nothing is
 * said of it.
 */
export async function personChecks(
  tx: Tx,
  { runNo, county, oncePerHousehold }: PersonCheckOptions,
): Promise<PayFinding[]> {
  const rows = await tx.query<Omit<PayFinding, 'check' | 'reason'> & { check: PersonCheck; said: string }>(
    `with planned as materialized (select distinct person_id from pay_run_lines where run_no = $1 and state = 'planned'),
     holds as materialized (
       select b.person_id, h ->> 'cause' as cause, h ->> 'effectiveOn' as since
       from benefits b join planned on planned.person_id = b.person_id join cases c on c.case_id = b.case_id
         cross join lateral jsonb_array_elements(c.state -> 'holds') h
       where b.status = 'held'),
     died as (${gone(
       `select person_id, died_on::text as since from case_persons join planned using (person_id) where died_on is not null`,
       'death',
     )}),
     away as (${gone(
       `select person_id, null::text as since from case_persons join planned using (person_id) where moved_away`,
       'moved-away',
     )}),
     suspected as (
       select person_id, min(died_on)::text as since from suspected_deaths join planned using (person_id)
       where not cleared and person_id not in (select person_id from died) group by person_id),
     stopped as (select person_id, min(since) as since from holds where cause = 'card-stopped' group by person_id),
     listed as (select * from declared_relatives where county = $2 and withdrawn_reason is null),
     related as materialized (
       select k.person_id, null::uuid as account_id, d.entry_id, d.version, d.declared_on, 'self' as how
       from listed d join payment_persons k using (identity_token) join planned on planned.person_id = k.person_id
       union all
       select a.person_id, a.account_id, d.entry_id, d.version, d.declared_on, 'holder'
       from listed d join payee_accounts a on a.holder_name = d.name join planned on planned.person_id = a.person_id
       where a.status = 'confirmed' and a.holder <> 'self'),
     own as materialized (
       select account_token, holder_name from payee_accounts where status = 'confirmed' and holder = 'self'
       group by account_token, holder_name having count(*) > 1),
     apart as materialized (
       select account_token, holder_name, md5(string_agg(a.account_id::text, ',' order by a.account_id)) as basis,
         ${dayOf('max(a.confirmed_at)')} as since
       from own join payee_accounts a using (account_token, holder_name) left join payment_persons k on k.person_id = a.person_id
       where a.status = 'confirmed' and a.holder = 'self'
       group by account_token, holder_name having count(distinct k.household_id) > 1),
     drawn as materialized (
       select k.household_id, b.item_id, count(distinct b.person_id)::text as persons, max(b.from_month) || '-01' as since,
         array_agg(distinct b.person_id) as members, md5(string_agg(distinct b.person_id::text, ',' order by b.person_id::text)) as basis
       from benefits b join payment_persons k on k.person_id = b.person_id
       where b.status <> 'stopped' and b.item_id = any($3::text[]) and k.household_id is not null and left(b.division_code, 6) = $2
       group by k.household_id, b.item_id having count(distinct b.person_id) > 1)
     select 'died' as "check", person_id as "personId", null::uuid as "accountId", since, null::text as basis, coalesce(since, '') as said
     from died
     union all
     select 'death-suspected', person_id, null, since, null, since from suspected
     union all
     select 'moved-away', person_id, null, since, null, '' from away
     union all
     select 'card-stopped', person_id, null, since, null, since from stopped
     union all
     select 'staff-relative', person_id, (array_agg(account_id order by account_id))[1], min(declared_on)::text,
       string_agg(distinct entry_id || '.' || version || coalesce('.' || account_id, ''), ','), max(how)
     from related group by person_id
     union all
     select 'two-households', a.person_id, a.account_id, x.since, x.basis, ''
     from apart x join payee_accounts a using (account_token, holder_name) join planned on planned.person_id = a.person_id
     where a.status = 'confirmed' and a.holder = 'self'
     union all
     select 'household-twice', person_id, null, min(since), string_agg(household_id || item_id || basis, ',' order by item_id), max(persons)
     from drawn cross join lateral unnest(members) as member (person_id) join planned using (person_id) group by person_id
     order by 2, 1`,
    [runNo, county, oncePerHousehold],
    'pay-run-person-checks',
  );
  return rows.map(({ said, ...finding }) => ({ ...finding, reason: REASONS[finding.check](said) }));
}

const REASONS: Readonly<Record<PersonCheck, (said: string) => string>> = {
  died: (day) => `${day ? `自${day}起` : ''}有死亡记录或死亡线索，本批次仍有应发月份，请核实后再定。`,
  'death-suspected': (day) =>
    `死亡名单中有同名或号码相近的人（死亡日期${day}），尚未核实是否为本人，请核实后再定。`,
  'moved-away': () => '户籍已迁出本地，本批次仍有应发月份，请核实后再定。',
  'card-stopped': (day) => `残疾人证自${day}起冻结、注销或失效，本批次仍有此前月份，请核实后再定。`,
  'staff-relative': (how) =>
    how === 'self'
      ? '本人在工作人员及近亲属申报名单中，请由未参与受理、审核的人员核实。'
      : '收款账户户名与工作人员及近亲属申报名单中的人员同名，请由未参与受理、审核的人员核实。',
  'two-households': () => '同一户名、同一本人账户登记在两户的人员名下，请核实是否同一人在两户建档。',
  'household-twice': (persons) => `该项目在本县每户只发一份，本户现有${persons}人领取，请核实由谁领取。`,
};
