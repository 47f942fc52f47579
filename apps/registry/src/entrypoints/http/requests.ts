import { isTemporaryReference, unmaskRequest } from '@app/access';
import { calendarDay, divisionCode, representativeKinds, representedActs } from '@app/contracts';
import { freeText, givenId } from '@app/platform';
import { z } from 'zod';
import { guardianSecrets, personSecrets } from '../../adapters/postgres/secret-queries.js';
import { organisationKinds, type OrganisationKind } from '../../domain/organisation.js';
import { numberBases, temporaryReasons } from '../../domain/person-number.js';

/** A typed text without its outer spaces. Bounded: nobody pastes a book into a form. */
const text = (max: number) => z.string().trim().min(1).max(max);
/** A name (姓名) is kept and travels in the clear, so no number may be typed in its place. */
const personName = freeText(1, 50);
// Checked in the domain, which can say what is wrong with it; here only that it is a text of sane length.
const identityNumber = z.string().min(1).max(64);
/** 统一社会信用代码, checked in the domain as well. */
const organisationCode = z.string().min(1).max(64);
const NUMBER_OR_CODE = {
  message: '个人填写身份证号，组织填写统一社会信用代码，二者填一项',
  path: ['identityNumber'],
};

const reason = freeText(5, 500);
const source = z.object({
  kind: freeText(1, 50),
  reference: freeText(0, 100).nullable(),
  asOf: calendarDay,
});

export const personId = givenId();

export const registerPersonRequest = z
  .object({
    name: personName,
    identityNumber,
    divisionCode,
    sex: z.enum(['male', 'female']).optional(),
    birthDate: calendarDay.optional(),
    phone: text(30).optional(),
    address: text(200).optional(),
    householdId: givenId().optional(),
  })
  .meta({ id: 'RegisterPersonRequest' });

export const findPersonRequest = z
  .union([
    z.object({ identityNumber }),
    z.object({
      temporaryReference: z
        .string()
        .max(40)
        .refine(isTemporaryReference, '临时登记编号的样式是 LS 加年份、短横线和序号，请对照登记单填写')
        .describe('临时登记编号，如 LS2026-000001'),
    }),
  ])
  .meta({ id: 'FindPersonRequest' });

/** What a caseworker states of somebody who has no number: who says so, and when to look again. */
export const registerTemporarilyRequest = z
  .object({
    name: personName,
    sex: z.enum(['male', 'female']),
    birthDate: calendarDay,
    birthDateEstimated: z.boolean().default(false).describe('出生日期不详时填写推定日期，并设为 true'),
    divisionCode,
    reason: z
      .enum(temporaryReasons)
      .describe('newborn 新生儿尚未落户；no-household-registration 无户口；unidentified 身份不明'),
    vouchedBy: freeText(1, 50).describe('证明人或证明单位的名称'),
    vouchedAs: freeText(1, 30).describe('证明人的身份：监护人、村委会、救助管理站等'),
    proofReference: freeText(1, 100).nullable().default(null).describe('证明材料的存放处或文号，不写内容'),
    reviewOn: calendarDay.describe('计划再次核实身份的日期'),
    phone: text(30).optional(),
    address: text(200).optional(),
    householdId: givenId().optional(),
  })
  .meta({ id: 'RegisterTemporarilyRequest' });

export const temporaryReviewRequest = z
  .object({ reviewOn: calendarDay, reason })
  .meta({ id: 'TemporaryReviewRequest' });

export const temporaryListRequest = z.object({
  dueBy: calendarDay.optional(),
  after: z.string().max(40).refine(isTemporaryReference, '请填写上一页返回的 next').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const correctPersonRequest = z
  .object({
    name: personName.optional(),
    identityNumber: z
      .never('身份证号的变更须有证明并由第二人审核，请改用“身份证号变更”（number-changes）提出。')
      .optional(),
    phone: text(30).optional(),
    address: text(200).optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: '请至少填写一项要更正的内容',
  })
  .meta({ id: 'CorrectPersonRequest' });

const value = z.union([z.string().max(200), z.number(), z.boolean()]);

export const recordFactsRequest = z
  .object({
    facts: z
      .array(
        z.object({
          name: text(100),
          value,
          source,
          validFrom: calendarDay.nullable().default(null),
          validTo: calendarDay.nullable().default(null),
        }),
      )
      .min(1)
      .max(100)
      .refine((facts) => new Set(facts.map(({ name }) => name)).size === facts.length, {
        message: '同一名称的信息只能填写一次',
      }),
  })
  .meta({ id: 'RecordFactsRequest' });

export const withdrawRequest = z.object({ reason }).meta({ id: 'WithdrawRequest' });

export const correctFactRequest = z
  .object({
    value,
    reason,
    validFrom: calendarDay.nullable().optional(),
    validTo: calendarDay.nullable().optional(),
  })
  .meta({ id: 'CorrectFactRequest' });

export const recordDeathRequest = z
  .object({ diedOn: calendarDay, source })
  .meta({ id: 'RecordDeathRequest' });

export const movePersonRequest = z
  .object({ to: divisionCode, movedOn: calendarDay })
  .meta({ id: 'MovePersonRequest' });

export const addHouseholdRequest = z
  .object({ divisionCode, householdNo: text(30).optional(), headPersonId: givenId().optional() })
  .meta({ id: 'AddHouseholdRequest' });

export const changeHouseholdRequest = z
  .object({ householdId: givenId().nullable(), relation: text(20).optional() })
  .meta({ id: 'ChangeHouseholdRequest' });

const acts = z
  .array(z.enum(representedActs))
  .min(1)
  .max(representedActs.length)
  .refine((given) => new Set(given).size === given.length, { message: '同一事项只能填写一次' })
  .transform((given) => given.toSorted());

export const addGuardianRequest = z
  .object({
    kind: z
      .enum(representativeKinds)
      .default('statutory')
      .describe('statutory 法定监护人, appointed 指定监护人, agent 委托代理人.'),
    basis: z
      .enum(['minor', 'mental', 'intellectual'])
      .nullable()
      .default(null)
      .describe('Why there is a guardian; an agent has none.'),
    relation: text(20),
    name: personName.describe('Of an organisation: its name, as its certificate has it.'),
    identityNumber: identityNumber.optional().describe('Of a person.'),
    organisation: z
      .object({
        kind: z
          .enum(Object.keys(organisationKinds) as [OrganisationKind, ...OrganisationKind[]])
          .describe(
            'civil-affairs 民政部门, residents-committee 居民委员会, villagers-committee 村民委员会, other 其他组织.',
          ),
        code: organisationCode,
        officer: personName.describe('经办人姓名 · Who acts for it.'),
      })
      .optional()
      .describe('Where an organisation acts (民法典 27、28、32).'),
    phone: text(30).optional(),
    since: calendarDay.optional(),
    until: calendarDay.optional().describe('Last day; an agent has one.'),
    acts: acts
      .default(['all'])
      .describe(
        'all 全部, apply 申请, receive 签收, account 收款账户, decline 放弃或撤回, legal-aid 法律援助.',
      ),
    proof: freeText(2, 100)
      .optional()
      .describe('证明材料名称及文号 · Document that shows it; needed unless statutory.'),
  })
  .refine(
    ({ identityNumber: number, organisation }) => (number === undefined) !== (organisation === undefined),
    NUMBER_OR_CODE,
  )
  .meta({ id: 'AddGuardianRequest' });

export const maySignRequest = z
  .object({
    identityNumber: identityNumber.optional().describe('Of who wants to sign.'),
    organisationCode: organisationCode.optional().describe('Of the organisation that wants to sign.'),
    act: z.enum(representedActs),
    on: calendarDay.optional().describe('Absent: today.'),
  })
  .refine(
    ({ identityNumber: number, organisationCode: code }) => (number === undefined) !== (code === undefined),
    NUMBER_OR_CODE,
  )
  .meta({ id: 'MaySignRequest' });

const pageOfMany = { limit: z.coerce.number().int().min(1).max(200).default(50) };

export const expiringRequest = z.object({
  withinDays: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .describe('From today on; a local matter, without a default.'),
  after: givenId().optional().describe('`next` of the page before.'),
  ...pageOfMany,
});

/** A contradiction by its entry and finding, as `next` names it. */
export const CONTRADICTION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([a-z-]+)$/;

export const contradictionsRequest = z.object({
  after: z.string().regex(CONTRADICTION).optional().describe('`next` of the page before.'),
  ...pageOfMany,
});

export const endGuardianRequest = z
  .object({ endedOn: calendarDay, reason })
  .meta({ id: 'EndGuardianRequest' });

export const revealPersonRequest = unmaskRequest(personSecrets);
export const revealGuardianRequest = unmaskRequest(guardianSecrets);

const pages = {
  from: divisionCode.default('000000000000'),
  to: divisionCode.default('999999999999'),
  after: z
    .string()
    .regex(/^\d{12}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .optional(),
};

export const searchPersonsRequest = z
  .object({
    text: text(50).describe('姓名，或姓名的拼音、首字母；也可只填姓或名。'),
    ...pages,
    limit: z.int().min(1).max(200).default(50),
  })
  .meta({ id: 'SearchPersonsRequest' });

export const pageRequest = z.object({
  ...pages,
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const fileVersion = z.int().min(1).describe('The version that you saw.');

export const proposeMergeRequest = z
  .object({
    into: givenId().describe('The file that stays.'),
    reason,
    versions: z.object({ person: fileVersion, into: fileVersion }),
  })
  .meta({ id: 'ProposeMergeRequest' });

export const proposeSplitRequest = z
  .object({
    version: fileVersion,
    reason,
    subjects: z
      .array(givenId())
      .max(500)
      .default([])
      .describe(
        'Ids of the cases, cards, applications, benefits, files and accounts that go to the other person.',
      ),
    undoes: givenId().optional().describe('The file that had been merged into this one.'),
    person: z
      .object({ name: personName, identityNumber })
      .optional()
      .describe('Who the other person is, where there was no file.'),
  })
  .meta({ id: 'ProposeSplitRequest' });

export const proposeNumberRequest = z
  .object({
    identityNumber,
    basis: z
      .enum(numberBases)
      .describe(
        'changed 公安机关变更或更正；mistaken 本系统录入有误，原号码不是本人的；first 临时登记后补登',
      ),
    since: calendarDay.describe('新号码启用的日期'),
    proof: z
      .object({ kind: freeText(1, 50), reference: freeText(1, 100) })
      .describe('证明材料的种类和文号、存放处或文件编号，不写号码'),
    reason,
    version: fileVersion,
  })
  .meta({ id: 'ProposeNumberRequest' });

export const decisionsRequest = z.object({
  after: givenId().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deathMatchesRequest = z.object({
  after: givenId().optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const proposeDeathRequest = z
  .object({ personId: givenId().describe('One of the candidates.'), reason })
  .meta({ id: 'ProposeDeathRequest' });

export const toldAgainRequest = z
  .object({
    after: givenId().nullable().default(null).describe('`next` of the page before.'),
    limit: z.int().min(1).max(500).default(500),
  })
  .meta({ id: 'ToldAgainRequest' });
