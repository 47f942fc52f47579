import { Injectable } from '@nestjs/common';
import { grantFor, maskName, reachOf, type Actor } from '@app/access';
import { LegalClocks, type ClockView } from '@app/clocks';
import { Database } from '@app/platform';
import { toApplication } from '../adapters/postgres/application-repository.js';
import type { Application, ApplicationStatus } from '../domain/application.js';
import { ApplicationNotFound } from '../domain/errors.js';
import { lookingAs, readers } from './reach.js';

/** An application as officers see it: names masked, numbers never. */
export interface ApplicationView extends Application {
  readonly applicant: string;
}

export interface ApplicationDetail extends ApplicationView {
  /** The legal terms that run or ran for it; `mark` says 超期. */
  readonly terms: readonly (Pick<
    ClockView,
    'step' | 'status' | 'basis' | 'anchorDay' | 'provisional' | 'mark'
  > & { readonly dueAt: string | null })[];
}

type Row = Parameters<typeof toApplication>[0] & { name: string | null };

const SELECT = `
  select a.application_id, a.person_id, a.division_code, a.kind, a.status, a.version, a.card_id, a.record, p.name
  from applications a join persons p using (person_id)`;

@Injectable()
export class FindApplications {
  constructor(
    private readonly database: Database,
    private readonly clocks: LegalClocks,
  ) {}

  async byId(actor: Actor, applicationId: string): Promise<ApplicationDetail> {
    const [row] = await this.database.query<Row>(lookingAs(actor), `${SELECT} where a.application_id = $1`, [
      applicationId,
    ]);
    if (!row || !grantFor(actor, readers, row.division_code)) throw new ApplicationNotFound(applicationId);
    const terms = await this.clocks.of(lookingAs(actor), applicationId);
    return {
      ...toView(row),
      terms: terms.map(({ step, status, basis, anchorDay, dueAt, provisional, mark }) => ({
        step,
        status,
        basis,
        anchorDay,
        dueAt: dueAt?.toISOString() ?? null,
        provisional,
        mark,
      })),
    };
  }

  async list(
    actor: Actor,
    filter: { status: ApplicationStatus | null; after: string | null; limit: number },
  ): Promise<ApplicationView[]> {
    const reach = reachOf(actor, readers);
    const rows = await this.database.query<Row>(
      lookingAs(actor),
      `${SELECT}
       where exists (select from unnest($1::text[], $2::text[]) as r (first, last) where a.division_code between r.first and r.last)
         and ($3::text is null or a.status = $3) and ($4::uuid is null or a.application_id > $4)
       order by a.application_id limit $5`,
      [reach.map(({ from }) => from), reach.map(({ to }) => to), filter.status, filter.after, filter.limit],
    );
    return rows.map(toView);
  }
}

function toView({ name, ...row }: Row): ApplicationView {
  const application = toApplication(row);
  return {
    ...application,
    guardian: application.guardian && { ...application.guardian, name: maskName(application.guardian.name) },
    applicant: maskName(name ?? ''),
  };
}
