import { Injectable } from '@nestjs/common';
import { identityNumberOf, IdentityNumberMalformed, type Actor } from '@app/access';
import { Database } from '@app/platform';
import {
  column,
  bad,
  dayColumn,
  freeTextColumn,
  good,
  LOST_DIGITS,
  lostDigits,
  readTable,
  type RowError,
  type TableKind,
} from '@app/tabular';
import {
  DeclaredRelatives,
  type Declaration,
  type DeclarationCounts,
  type ShownDeclaration,
} from '../adapters/postgres/declared-relatives.js';
import { changingMoney, lookingAtMoney } from './money-callers.js';

/** Rows of one transaction. */
const ROWS = 500;

export const declaredRelativesTable = {
  name: 'declared-relatives',
  title: '工作人员及近亲属申报名单',
  columns: {
    name: freeTextColumn({ header: '姓名', required: true, max: 50, example: '张三' }),
    identityNumber: column(
      {
        header: '身份证号',
        aliases: ['身份证号码', '公民身份号码'],
        required: true,
        hint: '单元格请设为文本格式',
      },
      (cell) => {
        if (lostDigits(cell)) return LOST_DIGITS;
        try {
          return good(identityNumberOf(cell.text));
        } catch (error) {
          if (!(error instanceof IdentityNumberMalformed)) throw error;
          return bad('身份证号有误', error.message);
        }
      },
    ),
    relation: freeTextColumn({ header: '与工作人员的关系', required: true, max: 20, example: '配偶' }),
    staffName: freeTextColumn({ header: '工作人员姓名', required: true, max: 50, example: '李四' }),
    declaredOn: dayColumn({ header: '申报日期', required: true, example: '2026-03-01' }),
  },
  unique: ['identityNumber'],
} as const satisfies TableKind;

export interface DeclarationReport extends DeclarationCounts {
  readonly rows: number;
  /** Rows that are not in, at most the first hundred. */
  readonly problems: readonly RowError[];
}

/** Staff and their relatives are declared to the federation, so that what they draw is looked at by somebody else before it is paid. */
@Injectable()
export class DeclareRelatives {
  constructor(
    private readonly database: Database,
    private readonly declared: DeclaredRelatives,
  ) {}

  async list(
    actor: Actor,
    query: Parameters<DeclaredRelatives['list']>[1],
  ): Promise<{ readonly declarations: readonly ShownDeclaration[]; readonly next: string | null }> {
    const declarations = await this.declared.list(lookingAtMoney(actor, 'declaration:read'), query);
    return {
      declarations,
      next: declarations.length === query.limit ? (declarations.at(-1)?.entryId ?? null) : null,
    };
  }

  /** @throws NotAllowed, IdentityNumberMalformed */
  enter(actor: Actor, county: string, declaration: Declaration): Promise<DeclarationCounts> {
    const identityNumber = identityNumberOf(declaration.identityNumber);
    return this.write(actor, county, [{ ...declaration, identityNumber }]);
  }

  /**
   * The rows that are right are in, each person once; the others are told with their row. The same file again changes nothing.
   * @throws NotAllowed, FileNotReadable, FileTooLarge, HeaderNotValid
   */
  async enterFile(actor: Actor, county: string, file: Buffer): Promise<DeclarationReport> {
    const { rows } = await readTable(file, declaredRelativesTable);
    const problems = rows.flatMap(({ errors }) => errors);
    const right = rows.filter(({ errors }) => errors.length === 0).map(({ values }) => values as Declaration);
    let counts: DeclarationCounts = { entered: 0, changed: 0, unchanged: 0 };
    for (let at = 0; at < right.length; at += ROWS) {
      const done = await this.write(actor, county, right.slice(at, at + ROWS));
      counts = {
        entered: counts.entered + done.entered,
        changed: counts.changed + done.changed,
        unchanged: counts.unchanged + done.unchanged,
      };
    }
    return { rows: rows.length, ...counts, problems: problems.slice(0, 100) };
  }

  /** @throws DeclarationNotFound, DeclarationChanged, NotAllowed */
  async withdraw(
    actor: Actor,
    entryId: string,
    how: { readonly version: number; readonly reason: string },
  ): Promise<void> {
    const place = await this.declared.placeOf(lookingAtMoney(actor, 'declaration:read'), entryId);
    await this.database.command(changingMoney(actor, ['declaration:keep'], [place]), async (tx) => {
      await this.declared.withdraw(tx, entryId, how);
      tx.audit({ what: 'declaration.withdrawn', why: how.reason, detail: { entryId } });
    });
  }

  private write(
    actor: Actor,
    county: string,
    declarations: readonly Declaration[],
  ): Promise<DeclarationCounts> {
    return this.database.command(
      changingMoney(actor, ['declaration:keep'], [`${county}000000`]),
      async (tx) => {
        const counts = await this.declared.enter(tx, county, declarations);
        tx.audit({ what: 'declaration.entered', detail: { county, ...counts } });
        return counts;
      },
    );
  }
}
