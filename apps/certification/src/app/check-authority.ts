import { Injectable } from '@nestjs/common';
import { RepresentativeAuthority } from '@app/casework';
import { Clock } from '@app/kernel';
import { Database, type Caller } from '@app/platform';
import type { OnBehalf } from '../domain/application.js';

/** Whoever acts for a person must be on file as their guardian or agent for it, as registry has told. */
@Injectable()
export class CheckAuthority {
  constructor(
    private readonly database: Database,
    private readonly authority: RepresentativeAuthority,
    private readonly clock: Clock,
  ) {}

  /** @throws as `RepresentativeAuthority` */
  async run(
    caller: Caller,
    personId: string,
    representativeId: string,
    act: 'apply' | 'decline',
  ): Promise<OnBehalf> {
    return this.database.read(caller, (tx) =>
      this.authority.of(tx, personId, representativeId, [act], this.clock.today()),
    );
  }
}
