import { checkCharacter, type Role } from '@app/access';
import { officerOf } from '@app/casework';
import { owners, type Owner } from '@app/contracts';
import { schemaOf } from '@app/platform';
import { testUnit, until } from '@app/testing';
import { demoActor } from '../../apps/cli/src/demo/accounts.js';
import type { DemoPerson } from '../../apps/cli/src/demo/demo-person.js';
import type { SeenCase } from '../../apps/cli/src/demo/office.js';
import { arrive, invent, type Newcomer } from '../../apps/cli/src/demo/stories/newcomer.js';
import { CIRCUMSTANCES, physical, schemas, type House } from '../e2e/house.js';
import { userOf } from './actors.js';
import { EventPump } from './event-pump.js';
import type { Who } from './matrix.js';
import { COUNTY, TOWN, VILLAGE } from './places.js';

/** The items of which a case stands on the stage: of each service one whose steps the catalogue names. */
const ITEMS: Readonly<Record<Owner, string>> = {
  certification: 'certification/disability-card-renewal',
  subsidies: 'subsidies/living-subsidy',
  rehabilitation: 'rehabilitation/free-antipsychotic-medicine',
  employment: 'employment/self-employment-support',
  'legal-aid': 'legal-aid/legal-relief-service',
  accessibility: 'accessibility-home/home-accessibility-retrofit',
  community: 'care-and-shelter/home-care-service',
};

/** The smallest paper that is one. */
export const PAPER = '%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n';

/** The role of the unit with which the case of an institution's item is placed. */
const INSTITUTION = 'legal-provider';

/** A case on the stage, with its next step. */
export interface StagedCase {
  readonly caseId: string;
  readonly itemId: string;
  readonly step: string;
  /** A paper that only the person can bring, of which a scan was brought; null: the item asks for none. */
  readonly material: string | null;
  /** The person is to come about it. */
  readonly appointmentId: string;
}

/** What a request of the matrix may be about, everything of it in one village. */
export interface Stage {
  readonly today: string;
  readonly resident: Newcomer;
  /** On file, without a card; an application of theirs is under way. */
  readonly applicant: { readonly personId: string; readonly person: DemoPerson };
  readonly applicationId: string;
  /** A minor with a guardian. */
  readonly wardId: string;
  /** That resident and applicant are one, as somebody proposed it of versions that neither has. */
  readonly identityDecisionId: string;
  /** That resident and applicant may be one. */
  readonly duplicateId: string;
  /** A row of a death list that may mean the minor or the applicant, as somebody proposed it of the minor. */
  readonly deathMatchId: string;
  /** Of each role that may end a guardianship one of its own, since it ends once. */
  readonly guardianIds: Readonly<Record<string, string>>;
  readonly householdId: string;
  /** What the resident was told on paper, waiting to be handed over. */
  readonly letterId: string;
  /** Of each role that may correct what is on file a fact of its own to correct, and one to withdraw. */
  readonly factIds: Readonly<Record<string, { readonly correct: string; readonly withdraw: string }>>;
  readonly cases: Readonly<Record<Owner, StagedCase>>;
  readonly benefitId: string;
  /** The account of that benefit, waiting for a second person. */
  readonly payeeId: string;
  /** A run of the county that waits for approval. */
  readonly runNo: number;
  /** Somebody of the staff, as declared. */
  readonly declarationId: string;
  /** A list that asks civil affairs to decide the case of the resident, and that came back without an answer. */
  readonly listNo: number;
  /** A take-over of the county that is loaded, with nothing on its lists. */
  readonly takeOverId: string;
  /** Of the resident, found by that run. */
  readonly overpaymentId: string;
  /** A rule of escalation for the village, of each service. */
  readonly ruleIds: Readonly<Record<Owner | 'lifecycle', string>>;
  /** Numbers of parked messages of lifecycle; one to be dismissed by each operator who tries. */
  readonly parkedIds: { readonly here: string; readonly elsewhere: string };
  /** Replays of both that somebody else proposed: one to be approved by each. */
  readonly replayIds: { readonly here: string; readonly elsewhere: string };
  /** A roster of minimum living aid that civil affairs has sent. */
  readonly rosterId: string;
  /** Rosters of cards, by the role of who sent them: nobody else is shown them. */
  readonly cardRosterIds: Readonly<Record<string, string>>;
  /** A unit of the village with somebody who works there. */
  readonly office: StagedOffice;
  /** Ids that nobody without a right to what they name may find in an answer. */
  readonly secrets: readonly string[];
  /** What no answer may hold in the clear, by name. */
  readonly plain: Readonly<Record<string, string>>;
}

/** What the portal keeps of those who work in the village. */
export interface StagedOffice {
  readonly unitId: string;
  readonly accountId: string;
  /** Takes over what the other holds, and stands in for them. */
  readonly colleagueId: string;
  /** By the role of who may end it. */
  readonly postIds: Readonly<Record<string, string>>;
  readonly deputyId: string;
}

/** Who ends guardianships, and who corrects: each of them needs something of their own to do it to. */
const REGISTRARS = [
  'card-officer',
  'data-officer',
  'township-chair',
  'commissioner',
  'village-liaison',
] as const;
const CORRECTORS = ['card-officer', 'data-officer', 'benefit-officer', 'township-chair'] as const;

const years = (today: string, { birthDate }: DemoPerson) =>
  Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));

/** A number that nobody has: of the invented county, with its right check character. */
export function freshIdentityNumber(serial: number, birthDate = '19810203'): string {
  const seventeen = `338801${birthDate}${String(serial % 1000).padStart(3, '0')}`;
  return seventeen + checkCharacter(seventeen);
}

/** Arranges people, cases and papers as the county's own users would, and leaves nothing on its way. */
export async function arrange(house: House): Promise<Stage> {
  const pump = new EventPump(
    house.service,
    schemas.map((schema) => schema.replaceAll('_', '-')),
  );
  pump.start();
  try {
    const stage = await build(house, pump);
    await nothingDue(house, pump);
    return stage;
  } finally {
    await pump.stop();
  }
}

/** The house's clock stands, so what was due long ago is all that can fire; a later sweep's rungs would be taken for a request's doing. */
async function nothingDue({ service, sql }: House, pump: EventPump): Promise<void> {
  const keepers = await sql.rows<{ schema: string }>(
    `select relnamespace::regnamespace::text as schema from pg_class where relname = 'clocks' and relkind = 'r'`,
  );
  const due = keepers
    .map(({ schema }) => `select next_at from ${schema}.clocks where next_at <= $1`)
    .join(' union all ');
  await until(
    () => 'every rung that is due to fire',
    async () => {
      await pump.drain();
      return (await sql.rows(due, [service.clock.now()])).length === 0;
    },
    { timeoutMs: 90_000 },
  );
}

async function build(house: House, pump: EventPump): Promise<Stage> {
  const { office, scene, system, sql, today } = house;
  const here = (from: number, to: number) => (person: DemoPerson) =>
    person.villageCode === VILLAGE && years(today, person) >= from && years(today, person) <= to;
  const post = <Result>(
    service: string,
    path: string,
    role: Parameters<typeof demoActor>[0],
    body: unknown,
  ) => system.call<Result>(service, 'POST', path, { actor: demoActor(role), body });

  const resident = await arrive(scene, {
    fits: here(30, 50),
    disability: physical(1),
    facts: { ...CIRCUMSTANCES, 'employment.status': 'unemployed' },
  });
  const applicant = await invent(scene, here(30, 50));
  const ward = await invent(scene, here(5, 14));
  await pump.drain();
  const guardianIds: Record<string, string> = {};
  for (const [index, role] of REGISTRARS.entries()) {
    const guardian = await post<{ guardianId: string }>(
      'registry',
      `/registry/persons/${ward.personId}/guardians`,
      'commissioner',
      { basis: 'minor', relation: '亲属', name: '王监护', identityNumber: freshIdentityNumber(990 + index) },
    );
    guardianIds[role] = guardian.guardianId;
  }
  await office.recordFacts(applicant.personId, CIRCUMSTANCES);
  await office.liveTogether(VILLAGE, [resident.personId, applicant.personId]);
  const notice = { from: office.daysAgo(38), to: office.daysAgo(20) };
  const applicationId = await office.applyUntilNotice(
    applicant.personId,
    applicant.person,
    physical(2),
    notice,
  );
  for (const text of ['对评定结果有不同意见', '对残疾等级有不同意见']) {
    await post('certification', `/certification/applications/${applicationId}/objections`, 'card-officer', {
      text,
    });
  }
  await pump.drain();

  const cases = {} as Record<Owner, StagedCase>;
  await post('registry', `/registry/persons/${resident.personId}/contact`, 'commissioner', {
    channel: 'paper',
  });
  for (const owner of owners) cases[owner] = await caseOf(house, owner, resident.personId);
  await pump.drain();
  const letterId = await until('there is a letter', async () => {
    const letter = await sql.one<{ message_id: string }>(
      `select message_id from registry.message_deliveries where person_id = $1 and state = 'letter' limit 1`,
      [resident.personId],
    );
    return letter?.message_id;
  });
  const nursing = (await office.casesOf(resident.personId)).find(
    ({ itemId }) => itemId === 'subsidies/nursing-subsidy',
  );
  if (!nursing) throw new Error('the resident of the stage is not entitled to a nursing subsidy');
  await office.work('subsidies', nursing.caseId, 'granted');
  await pump.drain();

  // Facts that no consumer can read, as a broken producer would append them.
  await sql.rows(
    `insert into certification.outbox_messages (message_id, topic, key, type, payload, division_code, actor_id, actor_role)
     select gen_random_uuid(), 'certification.card', gen_random_uuid(), 'certification.card.issued.v1', '{"personId": true}', $1, 'stage', 'service'
     from generate_series(1, 2)`,
    [VILLAGE],
  );
  await pump.drain();

  const only = async (statement: string, params: unknown[] = []): Promise<string> => {
    const [row] = await sql.rows<{ id: string }>(statement, params);
    if (!row) throw new Error(`the stage lacks what this should find: ${statement}`);
    return row.id;
  };
  const householdId = await only('select household_id as id from registry.households limit 1');
  const factIds: Record<string, { correct: string; withdraw: string }> = {};
  const corrected = Object.keys(CIRCUMSTANCES).filter((name) => name.startsWith('a'));
  for (const [index, role] of CORRECTORS.entries()) {
    const factOf = (personId: string) =>
      only('select fact_id as id from registry.facts where person_id = $1 and name = $2', [
        personId,
        corrected[index],
      ]);
    factIds[role] = { correct: await factOf(resident.personId), withdraw: await factOf(applicant.personId) };
  }
  const identityDecisionId = await only(
    `insert into registry.identity_decisions (decision_id, kind, person_id, division_code, absorbed_id, absorbed_division_code,
       person_version, absorbed_version, reason, status, proposed_by, proposed_role, proposed_at)
     values (gen_random_uuid(), 'merge', $1, $3, $2, $3, 9999, 9999, '同一人重复建档', 'proposed', 'stage', 'data-officer', now())
     returning decision_id as id`,
    [resident.personId, applicant.personId, VILLAGE],
  );
  const duplicateId = await only(
    `insert into registry.suspected_duplicates (duplicate_id, one_id, other_id, division_code, other_division_code, reasons, found_in, found_at)
     values (gen_random_uuid(), least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3, $3, '{name-and-birth}', gen_random_uuid(), now())
     returning duplicate_id as id`,
    [resident.personId, applicant.personId, VILLAGE],
  );
  const benefitId = await only('select benefit_id as id from subsidies.benefits where person_id = $1', [
    resident.personId,
  ]);
  const { accountId: payeeId } = await post<{ accountId: string }>(
    'subsidies',
    '/subsidies/payees',
    'village-liaison',
    {
      personId: resident.personId,
      holder: 'self',
      holderName: resident.person.name,
      bank: '某银行',
      accountNumber: '6222000000',
    },
  );
  const takeOverId = await emptyTakeOver(house);
  const listNo = await sentList(house, resident, cases.subsidies.caseId);
  const runNo = await plannedRun(house);
  await post('subsidies', '/subsidies/declared-relatives', 'data-officer', {
    county: VILLAGE.slice(0, 6),
    ...{ name: '某人', identityNumber: freshIdentityNumber(806), relation: '本人', staffName: '某人' },
    declaredOn: '2026-01-05',
  });
  const declarationId = await only('select entry_id as id from subsidies.declared_relatives');
  const overpaymentId = await only(
    `insert into subsidies.overpayments (overpayment_id, benefit_id, person_id, state, months, fens, found_fen, found_in_run, benefit_version)
     values (gen_random_uuid(), $1, $2, 'open', '{2026-01}', '{100}', 100, $3, 1) returning overpayment_id as id`,
    [benefitId, resident.personId, String(runNo)],
  );
  const ruleIds = {} as Record<Owner | 'lifecycle', string>;
  for (const owner of [...owners, 'lifecycle'] as const) {
    ruleIds[owner] = await only(
      `insert into ${schemaOf(owner)}.escalation_rules (rule_id, name_zh, name_en, match, addressees, place_from, place_to, active,
         version, changed_by, changed_by_role, changed_at)
       values (gen_random_uuid(), '通报', 'report', '{}', '[{"role": "federation-lead", "level": "county"}]', $1, $1, true, 1,
         'stage', 'federation-lead', now()) returning rule_id as id`,
      [VILLAGE],
    );
  }
  const parkedOne = (position: number) =>
    only('select id::text as id from lifecycle.parked_messages order by id offset $1 limit 1', [position]);
  const parkedIds = { here: await parkedOne(0), elsewhere: await parkedOne(1) };
  const replayOf = () =>
    only(
      `insert into lifecycle.replays (reason, expected, proposed_by, expires_at)
       values ('stage', '[]', 'stage', now() + interval '1 hour') returning replay_id as id`,
    );
  const replayIds = { here: await replayOf(), elsewhere: await replayOf() };
  const send = async (path: string, who: Who, rows: string) =>
    (
      await system.call<{ importId: string }>(path.split('/')[1]!, 'POST', path, {
        actor: userOf(who, 'here'),
        body: Buffer.from(rows),
        headers: { 'content-type': 'text/csv' },
      })
    ).importId;
  const civilAffairs = { role: 'member-unit', department: 'civil-affairs' } as const;
  // One row is wrong, so that there is a workbook of errors to ask for.
  const rosterId = await send(
    '/registry/imports/dibao',
    civilAffairs,
    '姓名,身份证号,起始月\n某人,3388,2026-01\n',
  );
  const cardRosterIds: Record<string, string> = {};
  for (const role of ['card-officer', 'data-officer'] as const) {
    cardRosterIds[role] = await send(
      '/certification/imports/taken-over',
      { role, department: null },
      '身份证号,残疾人证号,残疾类别,残疾等级,发证日期,有效期至,状态\n3388,3388,肢体,二级,2020-01-01,2029-12-31,有效\n',
    );
  }
  const deathMatchId = await only(
    `with made as (
       insert into registry.death_matches (match_id, division_code, row_token, died_on, as_of, import_id, row_no, status, chosen_id, reason,
         proposed_by, proposed_role, found_at)
       values (gen_random_uuid(), $3, 'stage', $4, $4, $5, 2, 'proposed', $1, '经核实', 'stage', 'data-officer', now()) returning match_id),
     meant as (
       insert into registry.death_match_candidates (match_id, person_id, reasons)
       select match_id, unnest(array[$1, $2]::uuid[]), '{same-name}' from made)
     select match_id as id from made`,
    [ward.personId, applicant.personId, VILLAGE, today, rosterId],
  );
  await pump.drain();
  const staged = await officeOf(house);
  return {
    today,
    resident,
    applicant,
    applicationId,
    wardId: ward.personId,
    identityDecisionId,
    duplicateId,
    deathMatchId,
    guardianIds,
    householdId,
    letterId,
    factIds,
    cases,
    benefitId,
    payeeId,
    runNo,
    declarationId,
    takeOverId,
    listNo,
    overpaymentId,
    ruleIds,
    parkedIds,
    replayIds,
    rosterId,
    cardRosterIds,
    office: staged,
    plain: Object.fromEntries(
      [resident.person, applicant.person, ward.person].flatMap((person, index) =>
        (['name', 'identityNumber', 'phone', 'address'] as const).map((field) => [
          `${field} of person ${index + 1}`,
          person[field],
        ]),
      ),
    ),
    secrets: [
      resident.personId,
      resident.cardId,
      applicant.personId,
      ward.personId,
      applicationId,
      householdId,
      identityDecisionId,
      duplicateId,
      deathMatchId,
      benefitId,
      payeeId,
      overpaymentId,
      ...Object.values(ruleIds),
      staged.accountId,
      ...Object.values(cases).map(({ caseId }) => caseId),
    ],
  };
}

async function plannedRun({ system, sql, today }: House): Promise<number> {
  const { runNo } = await system.call<{ runNo: number }>('subsidies', 'POST', '/subsidies/pay-runs', {
    actor: userOf({ role: 'benefit-officer', department: null }, 'here', COUNTY),
    body: { county: '338801', month: today.slice(0, 7), payOn: today },
  });
  await until(
    () => 'a run that waits for approval',
    async () =>
      (await sql.rows(`select from subsidies.pay_runs where run_no = $1 and state = 'planned'`, [runNo]))
        .length === 1,
  );
  return runNo;
}

async function sentList({ system, sql }: House, resident: Newcomer, caseId: string): Promise<number> {
  const actor = userOf({ role: 'benefit-officer', department: null }, 'here', COUNTY);
  const list = await sql.one<{ no: string }>(
    `with list as (
       insert into subsidies.decision_lists (receipt, county, division_code, year, serial, body, day, count, sent_by, sent_by_role)
       values ('MZ-338801-2020-0001', '338801', '338801000000', '2020', 1, 'civil-affairs', '2020-01-01', 1, 'stage', 'benefit-officer')
       returning list_no)
     insert into subsidies.decision_list_rows (list_no, line_no, case_id, person_id, division_code, item_id, title, state, changed_by, changed_by_role)
     select list_no, 1, $1, $2, $3, $4, '生活补贴', 'sent', 'stage', 'benefit-officer' from list returning list_no as no`,
    [caseId, resident.personId, VILLAGE, ITEMS.subsidies],
  );
  const path = `/subsidies/decision-lists/${list!.no}`;
  const { name, identityNumber } = resident.person;
  const sheet = await system.download('subsidies', 'POST', `${path}/file`, {
    actor,
    body: { purpose: '送民政部门审定资格', persons: [{ personId: resident.personId, name, identityNumber }] },
  });
  await system.call('subsidies', 'POST', `${path}/returns`, {
    actor,
    body: sheet,
    headers: { 'content-type': 'application/octet-stream' },
  });
  return Number(list!.no);
}

async function emptyTakeOver({ system, today }: House): Promise<string> {
  const actor = userOf({ role: 'data-officer', department: null }, 'here', COUNTY);
  const post = (path: string, body: object) =>
    system.call<{ takeOverId: string }>('subsidies', 'POST', `/subsidies/take-overs${path}`, { actor, body });
  const { takeOverId } = await post('', { county: '338801', day: today });
  await post(`/${takeOverId}/check`, {});
  await post(`/${takeOverId}/load`, {});
  return takeOverId;
}

/** The case of the stage: the one that the chain has opened, or one that is applied for. */
async function caseOf(house: House, owner: Owner, personId: string): Promise<StagedCase> {
  const itemId = ITEMS[owner];
  const opened = (await house.office.casesOf(personId)).find((each) => each.itemId === itemId);
  const caseId =
    opened?.caseId ??
    (
      await house.system.call<{ caseId: string }>(owner, 'POST', `/${owner}/cases`, {
        actor: demoActor('commissioner'),
        body: { personId, itemId, divisionCode: VILLAGE },
      })
    ).caseId;
  const seen: SeenCase = await house.office.findCase(owner, caseId);
  const step = seen.steps[0]?.step ?? seen.task?.step ?? 'step';
  const act = (action: string, role: Role, body: unknown, headers: Record<string, string> = {}) =>
    house.system.call(owner, 'POST', `/${owner}/cases/${caseId}/${action}`, {
      actor: demoActor(role),
      body,
      headers: { 'if-match': '*', ...headers },
    });
  // One of the cases is done by an institution.
  if (seen.steps[0]?.role === INSTITUTION) {
    await act('place', officerOf[owner], { unitId: testUnit(INSTITUTION) });
  }
  const material = seen.missingMaterials[0] ?? null;
  if (material) {
    await act(`materials/${material}/file`, 'commissioner', Buffer.from(PAPER), {
      'content-type': 'application/pdf',
    });
  }
  const { appointmentId } = await house.system.call<{ appointmentId: string }>(
    owner,
    'POST',
    `/${owner}/cases/${caseId}/appointments`,
    {
      actor: demoActor('commissioner'),
      body: {
        day: `${Number(house.today.slice(0, 4)) + 1}-01-08`,
        time: '09:30',
        place: '人民路1号',
        purpose: '核对材料',
      },
      headers: { 'if-match': '*' },
    },
  );
  return { caseId, itemId, step, material, appointmentId };
}

/** Units from the county to the village, and two people of whom one stands in for the other. */
async function officeOf({ system, office, today }: House): Promise<StagedOffice> {
  const post = <Result>(role: 'system-admin' | 'security-admin', path: string, body: unknown) =>
    system.call<Result>('workbench', 'POST', `/workbench/${path}`, { actor: demoActor(role), body });
  let unitId: string | null = null;
  for (const [kind, divisionCode, name] of [
    ['county', '338801000000', '示范县'],
    ['town', TOWN.from, '一镇'],
    ['village', VILLAGE, '一村'],
  ] as const) {
    const unit: { unitId: string } = await post('system-admin', 'units', {
      kind,
      name,
      parentId: unitId,
      divisionCode,
      validFrom: '2020-01-01',
    });
    unitId = unit.unitId;
  }
  const open = async (userId: string) =>
    (await post<{ accountId: string }>('system-admin', 'accounts', { userId, name: '站台人', unitId }))
      .accountId;
  const accountId = await open('stage-clerk');
  const colleagueId = await open('stage-colleague');
  const give = async (to: string) =>
    (
      await post<{ postId: string }>('system-admin', `accounts/${to}/posts`, {
        role: 'commissioner',
        unitId,
        from: '2026-01-01',
      })
    ).postId;
  const postIds = { 'system-admin': await give(accountId) };
  await give(colleagueId);
  const { deputyId } = await post<{ deputyId: string }>(
    'security-admin',
    `posts/${postIds['system-admin']}/deputies`,
    {
      deputy: 'stage-colleague',
      from: today,
      to: office.daysAgo(-30),
      reason: '休假期间代理。',
    },
  );
  return { unitId: unitId!, accountId, colleagueId, postIds, deputyId };
}
