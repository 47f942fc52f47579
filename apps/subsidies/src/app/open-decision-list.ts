import { Injectable } from '@nestjs/common';
import { actingAs, permissions, tokenOf, type Actor } from '@app/access';
import { OutsideDecisions, type Case } from '@app/casework';
import { Clock } from '@app/kernel';
import { Database } from '@app/platform';
import {
  DecisionListRepository,
  type DecisionList,
  type NewRow,
} from '../adapters/postgres/decision-list-repository.js';
import { firstMonth } from '../domain/benefit.js';
import { DECIDING_BODY, MOST_ROWS, NothingToDecide } from '../domain/decision-list.js';
import { monthOf } from '../domain/month.js';
import { rateIn } from '../domain/rates.js';
import { BenefitRules } from './benefit-rules.js';

/** Puts the cases of a place that wait for civil affairs' decision on a list. Their steps and terms stay what they are. */
@Injectable()
export class OpenDecisionList {
  constructor(
    private readonly database: Database,
    private readonly lists: DecisionListRepository,
    private readonly outside: OutsideDecisions,
    private readonly rules: BenefitRules,
    private readonly clock: Clock,
  ) {}

  /**
   * @param form place: a county, a township or a village, 12 digits; item null: every item
   * @returns the list; what is more than a list holds goes on the next one
   * @throws NotAllowed, NothingToDecide
   */
  run(
    actor: Actor,
    { divisionCode, itemId }: { readonly divisionCode: string; readonly itemId: string | null },
  ): Promise<DecisionList> {
    const caller = actingAs(actor, permissions['decision-list:keep'], divisionCode);
    return this.database.command(caller, async (tx) => {
      const [county, day] = [divisionCode.slice(0, 6), this.clock.today()];
      const { serial, receipt } = await this.lists.nextReceipt(tx, county, day.slice(0, 4));
      const caseIds = await this.lists.candidates(tx, {
        ...rangeOf(divisionCode),
        itemId,
        token: tokenOf('member-unit', DECIDING_BODY),
        limit: MOST_ROWS,
      });
      const gone = await this.outside.sendOut(tx, caseIds, { body: DECIDING_BODY, receipt, since: day });
      if (gone.length === 0) throw new NothingToDecide();
      const rows = gone.map((state) => this.rowOf(state, day)).sort(byPlace);
      const list = { receipt, county, divisionCode, body: DECIDING_BODY, itemId, day, serial };
      const added = await this.lists.add(tx, list, rows);
      tx.audit({
        what: 'decision-list.opened',
        personIds: rows.map(({ personId }) => personId),
        caseIds: rows.map(({ caseId }) => caseId),
        detail: { listNo: added.listNo, receipt, rows: rows.length },
      });
      return added;
    });
  }

  private rowOf(state: Case, today: string): NewRow {
    const { appliedOn, entitledOn } = state;
    const rule = this.rules.of(state);
    const from =
      rule && firstMonth(rule.firstMonth, { decidedOn: today, effectiveFrom: null, appliedOn, entitledOn });
    const rates = rule && from ? rule.ratesFrom(from, state) : null;
    const month = from && from > monthOf(today) ? from : monthOf(today);
    return {
      caseId: state.id,
      personId: state.personId,
      divisionCode: state.divisionCode,
      itemId: state.item.id,
      title: state.item.title,
      appliedOn,
      fen: rates ? rateIn(rates, month) : null,
    };
  }
}

function byPlace(one: NewRow, other: NewRow): number {
  const [a, b] = [`${one.divisionCode} ${one.caseId}`, `${other.divisionCode} ${other.caseId}`];
  return a < b ? -1 : 1;
}

/** A county is its six digits with zeros, a township its nine. */
function rangeOf(divisionCode: string): { readonly from: string; readonly to: string } {
  const zeros = /(?:000000|000)?$/.exec(divisionCode)![0].length;
  return { from: divisionCode, to: divisionCode.slice(0, 12 - zeros) + '9'.repeat(zeros) };
}
