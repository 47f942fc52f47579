import type { Provider, Type } from '@nestjs/common';
import { Database } from '@app/platform';
import { Escalation } from './escalation.js';
import { EscalationItems } from './escalation-items.js';
import { KeepRules } from './keep-rules.js';
import { LookAtRules } from './look-at-rules.js';
import { Notices } from './notices.js';
import { EscalationRules } from './rules.js';

/** What a service with escalation has beside its clocks. */
export function escalationProviders(items: Type<EscalationItems>): Provider[] {
  return [
    { provide: EscalationItems, useClass: items },
    { provide: Notices, inject: [Database], useFactory: (database: Database) => new Notices(database) },
    {
      provide: EscalationRules,
      inject: [Database],
      useFactory: (database: Database) => new EscalationRules(database),
    },
    Escalation,
    LookAtRules,
    KeepRules,
  ];
}
