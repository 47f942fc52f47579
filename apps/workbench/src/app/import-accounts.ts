import { Injectable } from '@nestjs/common';
import {
  type Actor,
  grantFor,
  lookingAs,
  NotAllowed,
  permissions,
  type Role,
  roles,
  Sensitive,
} from '@app/access';
import { Clock, DomainError } from '@app/kernel';
import { Database, type Caller, type Tx } from '@app/platform';
import {
  bad,
  cleanText,
  column,
  dayColumn,
  digitsColumn,
  freeTextColumn,
  good,
  readTable,
  textColumn,
  type Row,
  type RowError,
  type TableKind,
} from '@app/tabular';
import { randomUUID } from 'node:crypto';
import {
  AccountRepository,
  type AccountFile,
  type NewAccount,
  type NewPost,
} from '../adapters/postgres/account-repository.js';
import { DeputyRepository } from '../adapters/postgres/deputy-repository.js';
import { UnitRepository } from '../adapters/postgres/unit-repository.js';
import type { Account } from '../domain/account.js';
import { addPost, giverOf } from '../domain/post-rules.js';
import type { Unit } from '../domain/unit.js';
import { IssueActivation, type Activation } from './issue-activation.js';

// Cleaned as cells are: titles have full-width brackets.
const ROLE_WORDS = new Map<string, Role>(
  (Object.keys(roles) as Role[]).flatMap((role) => [
    [role, role] as const,
    [cleanText(roles[role].title), role] as const,
  ]),
);
const LONGEST_FIRST = [...ROLE_WORDS.keys()].sort((one, other) => other.length - one.length);
const MAX_ERRORS_SHOWN = 1_000;
/** Short transactions, so that no relay waits behind them. */
const ROWS_AT_ONCE = 200;

const columns = {
  userId: column<string>(
    {
      header: '登录名',
      aliases: ['账号', '用户名'],
      required: true,
      hint: '小写字母、数字和 . _ : -，2至64位，全系统不重复',
      example: 'wangfang',
    },
    ({ text }) => {
      const userId = text.toLowerCase();
      return /^[a-z0-9][a-z0-9:._-]{1,63}$/.test(userId) && !/\d{11}/.test(userId)
        ? good(userId)
        : bad('登录名不符合要求', '请用2至64位小写字母、数字和 . _ : -，不要用手机号或证件号码作登录名。');
    },
  ),
  name: freeTextColumn({ header: '姓名', required: true, max: 50, example: '王芳' }),
  divisionCode: column<string>(
    {
      header: '区划代码',
      aliases: ['单位区划代码'],
      required: true,
      hint: '单位所在区划的12位代码',
      example: '338801001000',
    },
    ({ text }) =>
      /^\d{12}$/.test(text) ? good(text) : bad('区划代码不是12位数字', '请填写12位统计用区划代码。'),
  ),
  unit: textColumn({
    header: '单位名称',
    max: 100,
    hint: '部门或机构的全称；区划本身（县、镇、村）请留空',
    example: ' ',
  }),
  phone: digitsColumn({ header: '手机号', aliases: ['联系电话'], min: 8, max: 12, example: '13800000000' }),
  roles: column<readonly Role[]>(
    {
      header: '岗位',
      required: true,
      hint: '岗位名称，多个岗位用“、”隔开',
      example: '残疾人工作专职委员',
    },
    ({ text }) => {
      const found = readRoles(text);
      return found ? good(found) : bad('有不认识的岗位', '请填写岗位表中的名称，多个岗位用“、”隔开。');
    },
  ),
  from: dayColumn({ header: '任职起始日', aliases: ['起始日'], example: ' ', hint: '留空为导入当日' }),
  to: dayColumn({ header: '任职截止日', aliases: ['截止日'], example: ' ', hint: '留空为长期' }),
};

export const accountTable: TableKind<typeof columns> = { name: 'accounts', title: '人员账号', columns };

type AccountRow = Row<typeof columns>;

export interface AccountImportReport {
  readonly rows: number;
  /** Accounts opened. */
  readonly opened: number;
  /** Accounts that were there and got another name, phone or post. */
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly unknownColumns: number;
  readonly errors: readonly RowError[];
  readonly moreErrors: boolean;
  /** How each opened account sets its first password: shown once, and kept nowhere in clear. */
  readonly activations: readonly ({ readonly row: number; readonly userId: string } & Activation)[];
  /** Nothing was changed: the file was only tried. */
  readonly dryRun: boolean;
}

type Outcome =
  | {
      readonly row: number;
      readonly state: 'opened' | 'changed' | 'unchanged';
      readonly accountId: string;
      readonly userId: string;
    }
  | { readonly row: number; readonly state: 'failed'; readonly errors: readonly RowError[] };

/** Undoes a piece that was only tried. */
class OnlyTried extends Error {}

/**
 * Opens the accounts of a file with their posts. A row that says what is on file changes nothing, so the same file may be sent again;
 * what is on file and not in the row stays. Sensitive roles are not given by a file.
 */
@Injectable()
export class ImportAccounts {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly deputies: DeputyRepository,
    private readonly units: UnitRepository,
    private readonly activation: IssueActivation,
    private readonly clock: Clock,
  ) {}

  /** @throws FileNotReadable, FileTooLarge, HeaderNotValid */
  async run(actor: Actor, file: Buffer, dryRun: boolean): Promise<AccountImportReport> {
    if (!actor.grants.some(({ role }) => permissions['account:keep'].includes(role)))
      throw new NotAllowed(permissions['account:keep']);
    const caller = lookingAs(actor, permissions['account:keep']);
    const table = await readTable(file, accountTable);
    const outcomes: Outcome[] = [];
    const activations: AccountImportReport['activations'][number][] = [];
    const seen = new Map<string, number>();
    for (let at = 0; at < table.rows.length; at += ROWS_AT_ONCE) {
      const rows = table.rows
        .slice(at, at + ROWS_AT_ONCE)
        .map((row) => ({ row, before: repeated(seen, row) }));
      const piece = await this.piece(caller, actor, rows, dryRun);
      outcomes.push(...piece.outcomes);
      activations.push(...piece.activations);
    }
    return report(outcomes, activations, table.unknownColumns, dryRun);
  }

  private async piece(
    caller: Caller,
    actor: Actor,
    rows: readonly { readonly row: AccountRow; readonly before: number | undefined }[],
    dryRun: boolean,
  ) {
    let done: { outcomes: Outcome[]; activations: AccountImportReport['activations'][number][] } | undefined;
    try {
      await this.database.transaction(caller, async (tx) => {
        const outcomes = await this.write(tx, actor, rows);
        const activations = [];
        for (const outcome of dryRun ? [] : outcomes) {
          if (outcome.state !== 'opened') continue;
          // The codes hang on the accounts, which the sender may open but whose secrets nobody may read.
          const given = await tx.asService(() => this.activation.issue(tx, outcome.accountId));
          if (given) activations.push({ row: outcome.row, userId: outcome.userId, ...given });
        }
        done = { outcomes, activations };
        if (dryRun) throw new OnlyTried();
        const opened = outcomes.filter(({ state }) => state === 'opened').length;
        const changed = outcomes.filter(({ state }) => state === 'changed').length;
        tx.audit({ what: 'account.import', detail: { rows: rows.length, opened, changed } });
      });
    } catch (error) {
      if (!(error instanceof OnlyTried)) throw error;
    }
    return done!;
  }

  private async write(
    tx: Tx,
    actor: Actor,
    rows: readonly { readonly row: AccountRow; readonly before: number | undefined }[],
  ): Promise<Outcome[]> {
    const readable = rows.filter(({ row }) => row.errors.length === 0).map(({ row: { values } }) => values);
    const units = await this.units.namedIn(
      tx,
      readable.map(({ divisionCode, unit }) => ({ divisionCode: divisionCode!, name: unit })),
    );
    // A login name is anybody's in the whole installation: it is compared with all, and said only to be taken.
    const files = await tx.asService(() =>
      this.accounts.lockUsers(
        tx,
        readable.map(({ userId }) => userId!),
      ),
    );
    const plan = new Plan();
    const outcomes: Outcome[] = [];
    for (const { row, before } of rows) {
      if (row.errors.length > 0) outcomes.push({ row: row.row, state: 'failed', errors: row.errors });
      else if (before !== undefined) {
        outcomes.push(
          failed(row, '登录名', `与第 ${before} 行的登录名重复`, '同一个人只保留一行，岗位写在同一格。'),
        );
      } else outcomes.push(await this.decide(tx, actor, row, units, files, plan));
    }
    await this.accounts.add(tx, plan.opened);
    await this.accounts.save(tx, plan.changed);
    await this.accounts.addPosts(tx, plan.posts);
    return outcomes;
  }

  private async decide(
    tx: Tx,
    actor: Actor,
    row: AccountRow,
    units: readonly Unit[],
    files: ReadonlyMap<string, AccountFile & { phone: string | null }>,
    plan: Plan,
  ): Promise<Outcome> {
    const { userId, name, divisionCode, unit: unitName, phone, roles: wanted, from, to } = row.values;
    const unit = units.find(
      (each) =>
        each.divisionCode === divisionCode &&
        (unitName === null ? each.kind in DIVISIONS : each.name === unitName),
    );
    if (!unit || !grantFor(actor, permissions['account:keep'], unit.divisionCode)) {
      return failed(
        row,
        '单位名称',
        '没有找到这个单位，或不在您的管辖区域',
        '请核对区划代码和单位名称；单位尚未登记的，请先登记单位。',
      );
    }
    const notGiven = wanted!.find((role) => giverOf(role) !== 'system-admin');
    if (notGiven) {
      return failed(
        row,
        '岗位',
        `“${roles[notGiven].title}”不能用导入授予`,
        '请从本行删去这个岗位，由安全管理员在账号中单独授予。',
      );
    }
    const file = files.get(userId!);
    if (file && !grantFor(actor, permissions['account:keep'], file.account.divisionCode)) {
      return failed(row, '登录名', '这个登录名已有人使用', '请换一个登录名。');
    }
    const problem = file && problemOf(file, unit, actor);
    if (problem) return failed(row, problem.column, problem.reason, problem.suggestion);
    const accountId = file?.account.accountId ?? randomUUID();
    const posts: NewPost[] = [];
    try {
      const actedFor = file ? await tx.asService(() => this.deputies.postsActedFor(tx, accountId)) : [];
      for (const role of wanted!) {
        const held = [...(file?.posts ?? []), ...posts];
        if (
          held.some(
            (post) => post.role === role && post.unitId === unit.unitId && open(post.period.to, this.clock),
          )
        )
          continue;
        const period = { from: from ?? this.clock.today(), to };
        const post = addPost(held, actedFor, unit, { postId: randomUUID(), role, period });
        posts.push({ ...post, accountId, divisionCode: unit.divisionCode });
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return failed(row, '岗位', error.message, '请核对该行后重新上传。');
    }
    const outcome = (state: 'opened' | 'changed' | 'unchanged'): Outcome => ({
      ...{ row: row.row, state, accountId, userId: userId! },
    });
    const secret = Sensitive.orNull('phone', phone);
    plan.posts.push(...posts);
    if (!file) {
      const { unitId, divisionCode: place } = unit;
      plan.opened.push({
        accountId,
        userId: userId!,
        name: name!,
        phone: secret,
        unitId,
        divisionCode: place,
      });
      return outcome('opened');
    }
    const newPhone = phone !== null && phone !== file.phone;
    if (file.account.name !== name || newPhone) {
      plan.changed.push({
        account: { ...file.account, name: name!, version: file.account.version + 1 },
        phone: newPhone ? secret : undefined,
      });
      return outcome('changed');
    }
    return outcome(posts.length > 0 ? 'changed' : 'unchanged');
  }
}

/** What a piece of the file brings on file. */
class Plan {
  readonly opened: NewAccount[] = [];
  readonly changed: { account: Account; phone: Sensitive | null | undefined }[] = [];
  readonly posts: NewPost[] = [];
}

const DIVISIONS = { city: true, county: true, town: true, village: true };

function open(to: string | null, clock: Clock): boolean {
  return to === null || to >= clock.today();
}

function problemOf({ account }: AccountFile, unit: Unit, actor: Actor) {
  if (account.userId === actor.id) {
    return {
      column: '登录名',
      reason: '这是您本人的账号',
      suggestion: '不能调整本人的账号，请删去本行，由另一位管理员办理。',
    };
  }
  if (account.state === 'left') {
    return {
      column: '登录名',
      reason: '此人已经离任',
      suggestion: '请删去本行；重新到岗的，请用新的登录名开通。',
    };
  }
  if (account.state === 'locked') {
    return { column: '登录名', reason: '账号已被锁定', suggestion: '请先由安全管理员解锁，再上传本行。' };
  }
  if (account.unitId !== unit.unitId) {
    return {
      column: '单位名称',
      reason: '与账号现在的单位不一致',
      suggestion: '请核对单位；此人已调动的，请先在账号中办理离任或调整，再上传本行。',
    };
  }
  return null;
}

/** Role words in a cell; titles may hold the separator (残疾人之家、托养机构), so the longest that fits is taken first. */
function readRoles(text: string): Role[] | null {
  const found: Role[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const word = LONGEST_FIRST.find(
      (each) => rest.startsWith(each) && /^($|[、,，;；\s])/.test(rest.slice(each.length)),
    );
    if (!word) return null;
    found.push(ROLE_WORDS.get(word)!);
    rest = rest.slice(word.length).replace(/^[、,，;；\s]+/, '');
  }
  return found.length > 0 ? [...new Set(found)] : null;
}

/** @returns the row that had the same login name before */
function repeated(seen: Map<string, number>, { row, values }: AccountRow): number | undefined {
  if (values.userId === null) return undefined;
  const before = seen.get(values.userId);
  if (before === undefined) seen.set(values.userId, row);
  return before;
}

function failed(row: AccountRow, column: string, reason: string, suggestion: string): Outcome {
  return { row: row.row, state: 'failed', errors: [{ row: row.row, column, reason, suggestion }] };
}

function report(
  outcomes: readonly Outcome[],
  activations: AccountImportReport['activations'],
  unknownColumns: number,
  dryRun: boolean,
): AccountImportReport {
  const count = (state: Outcome['state']) => outcomes.filter((outcome) => outcome.state === state).length;
  const errors = outcomes.flatMap((outcome) => (outcome.state === 'failed' ? outcome.errors : []));
  return {
    rows: outcomes.length,
    opened: count('opened'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    unknownColumns,
    errors: errors.slice(0, MAX_ERRORS_SHOWN),
    moreErrors: errors.length > MAX_ERRORS_SHOWN,
    activations,
    dryRun,
  };
}
