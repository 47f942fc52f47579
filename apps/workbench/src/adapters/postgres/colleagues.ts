import { Injectable } from '@nestjs/common';
import { tokenOf, type Actor, type Department, type Role } from '@app/access';
import { Database, type Caller } from '@app/platform';
import { InjectServiceActor } from '@app/service-host';
import { reachOfPost } from '../../domain/post-rules.js';
import type { WorkRow } from './work-queue.js';

/** Somebody to whom a task can be given. */
export interface Colleague {
  readonly userId: string;
  readonly name: string;
  readonly unitName: string;
}

interface PostRow extends Colleague {
  readonly role: Role;
  readonly department: Department | null;
  readonly unitId: string;
  readonly divisionCode: string;
}

/** Who else may do what a case waits for: accounts are not the user's to read, of these the name and the unit are shown. */
@Injectable()
export class Colleagues {
  constructor(
    private readonly database: Database,
    @InjectServiceActor() private readonly service: Caller,
  ) {}

  /** In the order of their names; the asker is none. @param day `YYYY-MM-DD` */
  async of(actor: Actor, { divisionCode, taskDoers }: WorkRow, day: string): Promise<Colleague[]> {
    const rows = await this.database.query<PostRow>(
      this.service,
      `select a.user_id as "userId", a.name, s.name as "unitName", p.role, p.department, p.unit_id as "unitId",
              s.division_code as "divisionCode"
       from posts p
       join accounts a on a.account_id = p.account_id and a.state = 'active' and a.user_id <> $2
       join unit_states s on s.unit_id = p.unit_id and s.valid_from <= $3 and (s.valid_to is null or s.valid_to >= $3)
       where p.role = any($1::text[]) and p.valid_from <= $3 and (p.valid_to is null or p.valid_to >= $3)
       order by a.name, a.user_id`,
      [taskDoers.map((token) => token.split(':')[0]), actor.id, day],
    );
    const found = new Map<string, Colleague>();
    for (const { role, department, userId, name, unitName, ...post } of rows) {
      const { from, to, unit } = reachOfPost(role, post);
      // What is placed with an institution is done by its own people.
      const isOurs = unit === null || actor.grants.some((grant) => grant.unit === unit);
      const reaches = from <= divisionCode && divisionCode <= to;
      if (isOurs && reaches && taskDoers.includes(tokenOf(role, department))) {
        found.set(userId, { userId, name, unitName });
      }
    }
    return [...found.values()];
  }
}
