import { Injectable } from '@nestjs/common';
import { type Actor, lookingWith, Sensitive } from '@app/access';
import { LegalClocks, termViewOf, type TermView } from '@app/clocks';
import { Database } from '@app/platform';
import { toApplication } from '../adapters/postgres/application-repository.js';
import type { Application, ApplicationStatus } from '../domain/application.js';
import type { Disability } from '../domain/disability.js';
import { ApplicationNotFound } from '../domain/errors.js';

/** An application as officers see it: names leave masked, numbers not at all. */
export interface ApplicationView extends Omit<Application, 'guardian'> {
  readonly applicant: Sensitive;
  readonly guardian: { readonly name: Sensitive; readonly relation: string } | null;
  /** What the card says that a renewal or re-grading is about: an assessor sees it here, and no card. */
  readonly formerly: Disability | null;
}

export interface ApplicationDetail extends ApplicationView {
  /** The legal terms that run or ran for it; `mark` says 超期. */
  readonly terms: readonly TermView[];
}

type Row = Parameters<typeof toApplication>[0] & { name: string | null; formerly: Disability | null };

const SELECT = `
  select a.application_id, a.person_id, a.division_code, a.kind, a.status, a.version, a.card_id, a.unit_id, a.record, p.name,
    (select jsonb_build_object('category', c.category, 'grade', c.grade, 'components', c.components)
     from cards c where c.card_id = a.card_id and a.kind <> 'first') as formerly
  from applications a left join persons p on p.person_id = a.person_id`;

@Injectable()
export class FindApplications {
  constructor(
    private readonly database: Database,
    private readonly clocks: LegalClocks,
  ) {}

  async byId(actor: Actor, applicationId: string): Promise<ApplicationDetail> {
    const { row, terms } = await this.database.read(lookingWith(actor, 'application:read'), async (tx) => {
      const [row] = await tx.query<Row>(`${SELECT} where a.application_id = $1`, [applicationId]);
      if (!row) throw new ApplicationNotFound(applicationId);
      // Who may see the application may see its terms.
      return { row, terms: await tx.asService(() => this.clocks.of(tx, applicationId)) };
    });
    return { ...toView(row), terms: terms.map(termViewOf) };
  }

  async list(
    actor: Actor,
    filter: { status: ApplicationStatus | null; after: string | null; limit: number },
  ): Promise<ApplicationView[]> {
    const rows = await this.database.query<Row>(
      lookingWith(actor, 'application:read'),
      `${SELECT}
       where ($1::text is null or a.status = $1) and ($2::uuid is null or a.application_id > $2)
       order by a.application_id limit $3`,
      [filter.status, filter.after, filter.limit],
    );
    return rows.map(toView);
  }
}

function toView({ name, formerly, ...row }: Row): ApplicationView {
  const application = toApplication(row);
  return {
    ...application,
    guardian: application.guardian && {
      ...application.guardian,
      name: new Sensitive('name', application.guardian.name),
    },
    applicant: new Sensitive('name', name ?? ''),
    formerly,
  };
}
