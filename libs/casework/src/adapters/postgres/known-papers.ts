import { Inject, Injectable } from '@nestjs/common';
import { owners, type Owner } from '@app/contracts';
import { type Caller, Database, type Tx } from '@app/platform';
import { SERVICE_NAME } from '@app/service-host';

/** A paper that a person gave for some case, found in order. */
export interface KnownPaper {
  readonly paperId: string;
  readonly owner: Owner;
  readonly personId: string;
  readonly divisionCode: string;
  readonly material: string;
  /** Its scan, in the service that has it; null: it was only looked at. */
  readonly fileRef: string | null;
  readonly caseId: string;
  readonly checkedOn: string;
}

interface Row {
  readonly paper_id: string;
  readonly owner: Owner;
  readonly person_id: string;
  readonly division_code: string;
  readonly material: string;
  readonly file_ref: string | null;
  readonly case_id: string;
  readonly checked_on: string;
}

const COLUMNS = 'paper_id, owner, person_id, division_code, material, file_ref, case_id, checked_on';

/** Papers of persons, as the services tell of them. Whoever sees a case of the person sees which papers there are. */
@Injectable()
export class KnownPapers {
  constructor(
    private readonly database: Database,
    @Inject(SERVICE_NAME) private readonly service: Owner,
  ) {}

  async learn(tx: Tx, papers: readonly KnownPaper[]): Promise<void> {
    await tx.query(
      `insert into known_papers (${COLUMNS})
       select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::date[])
       on conflict (paper_id) do nothing`,
      [
        papers.map(({ paperId }) => paperId),
        papers.map(({ owner }) => owner),
        papers.map(({ personId }) => personId),
        papers.map(({ divisionCode }) => divisionCode),
        papers.map(({ material }) => material),
        papers.map(({ fileRef }) => fileRef),
        papers.map(({ caseId }) => caseId),
        papers.map(({ checkedOn }) => checkedOn),
      ],
    );
  }

  /** What a case that asks for these materials can take over, newest first. */
  async offered(
    caller: Caller,
    { personId, materials }: { personId: string; materials: readonly string[] },
  ): Promise<KnownPaper[]> {
    if (materials.length === 0) return [];
    const rows = await this.database.query<Row>(
      caller,
      `select ${COLUMNS} from known_papers where person_id = $1 and material = any($2::text[])
       order by checked_on desc, paper_id limit 50`,
      [personId, materials],
    );
    return rows.map(toPaper);
  }

  async find(tx: Tx, paperId: string): Promise<KnownPaper | null> {
    const [row] = await tx.query<Row>(`select ${COLUMNS} from known_papers where paper_id = $1`, [paperId]);
    return row ? toPaper(row) : null;
  }

  /** The scan of a paper that lies in this service; null: elsewhere, or there is none. */
  fileHere({ owner, fileRef }: KnownPaper): string | null {
    return owner === this.service ? fileRef : null;
  }
}

/** The service that a fact's type names. */
export function ownerOf(type: string): Owner {
  const owner = owners.find((each) => type.startsWith(`${each}.`));
  if (!owner) throw new Error(`${type} is no fact of a case`);
  return owner;
}

function toPaper(row: Row): KnownPaper {
  return {
    paperId: row.paper_id,
    owner: row.owner,
    personId: row.person_id,
    divisionCode: row.division_code,
    material: row.material,
    fileRef: row.file_ref,
    caseId: row.case_id,
    checkedOn: row.checked_on,
  };
}
