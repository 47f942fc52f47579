import { sealingHealth, type SealingHealth } from '@app/access';
import type { Caller, Database } from '@app/platform';

/** The audit logs of the services of this process: each service tells here where its own is. */
export class AuditOfServices {
  private readonly logs = new Map<string, { readonly database: Database; readonly actor: Caller }>();

  /** @param actor the service's own identity */
  watch(database: Database, actor: Caller): void {
    this.logs.set(database.service, { database, actor });
  }

  /** Undefined: this process does not run the service. */
  databaseOf(service: string): Database | undefined {
    return this.logs.get(service)?.database;
  }

  /** How far the log is sealed; null: it cannot be known now. */
  async healthOf(service: string): Promise<SealingHealth | null> {
    const log = this.logs.get(service);
    return log ? sealingHealth(log.database, log.actor).catch(() => null) : null;
  }
}
