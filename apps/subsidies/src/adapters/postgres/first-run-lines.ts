import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import { type Hand } from '@app/access';
import type { BenefitRow } from '../../domain/take-over.js';
import type { ActualLine } from '../../domain/take-over-difference.js';

/** A benefit of the old list, as far as a run is compared with it. */
export interface ListedBenefit {
  readonly row: number;
  readonly personId: string | null;
  readonly divisionCode: string;
  readonly content: BenefitRow | null;
  readonly token: string | null;
  readonly isLoaded: boolean;
  /** The first of the kinds that were found in it; null: nothing was. */
  readonly found: string | null;
}

/** The two sides of the first run's difference, and who signed it. */
@Injectable()
export class FirstRunLines {
  /** Rows of the list of benefits in its order, each with the account that the list of accounts has for the person. */
  listed(tx: Tx, takeOverId: string): Promise<ListedBenefit[]> {
    return tx.query<ListedBenefit>(
      `select r.row, r.person_id as "personId", r.division_code as "divisionCode", r.content, a.token, r.state = 'loaded' as "isLoaded", f.kind as found
       from take_over_rows r
       left join lateral (select p.content ->> 'token' as token from take_over_rows p
         where p.take_over_id = r.take_over_id and p.list = 'payees' and p.key = r.person_id::text and p.content is not null
           and p.state not in ('gone', 'void') order by p.nth limit 1) a on true
       left join lateral (select kind from take_over_findings f
         where f.take_over_id = r.take_over_id and f.list = 'benefits' and f.row = r.row order by f.place limit 1) f on true
       where r.take_over_id = $1 and r.list = 'benefits' and r.state not in ('gone', 'void') order by r.row, r.key, r.nth`,
      [takeOverId],
    );
  }

  ofRun(tx: Tx, runNo: number): Promise<ActualLine[]> {
    return tx.query<ActualLine>(
      `select l.line_no as "lineNo", l.person_id as "personId", l.item_id as "itemId", l.fen::float8 as fen, a.account_token as token,
         case l.state when 'left-out' then l.reason end as "leftOut"
       from pay_run_lines l left join payee_accounts a using (account_id) where l.run_no = $1 order by l.line_no`,
      [runNo],
    );
  }

  signatures(tx: Tx, runNo: number, sha256: string): Promise<Hand[]> {
    return tx.query<Hand>(
      `select signed_by as id, signed_by_role as role, on_behalf_of as "onBehalfOf" from take_over_signatures
       where run_no = $1 and sha256 = $2 order by signed_at`,
      [runNo, sha256],
    );
  }

  async sign(tx: Tx, takeOverId: string, runNo: number, sha256: string): Promise<void> {
    await tx.query(
      `insert into take_over_signatures (run_no, take_over_id, sha256, signed_by, signed_by_role, on_behalf_of)
       values ($1, $2, $3, $4, $5, $6)`,
      [runNo, takeOverId, sha256, tx.actor.id, tx.actor.role, tx.actor.onBehalfOf ?? null],
    );
  }
}
