/** The schema of a service: its name in snake_case. */
export function schemaOf(service: string): string {
  return service.replaceAll('-', '_');
}

/** The roles of one service in PostgreSQL. None owns a table, none may pass row-level security by. */
export interface ServiceRoles {
  /** Users who see by place: row-level security by division code, role and department. */
  readonly appRole: string;
  /** Users who see what is placed with their unit: institutions, schools, employers, assessors, volunteers. */
  readonly providerRole: string;
  /** The service's own work: consumers, sweeps, clocks, jobs. It may do whatever the app role may, on every row. */
  readonly workerRole: string;
  /** Publication: reads the outbox, advances its cursor, keeps its partitions. */
  readonly relayRole: string;
}

export function rolesOf(service: string): ServiceRoles {
  const schema = schemaOf(service);
  return {
    appRole: `${schema}_app`,
    providerRole: `${schema}_provider`,
    workerRole: `${schema}_worker`,
    relayRole: `${schema}_relay`,
  };
}

/** What every service logs in as. It inherits nothing: a connection takes the role that its pool is for. */
export const LOGIN_ROLE = 'onething_service';

/** May read every service's outbox: the PostgreSQL event log needs it, and nothing else. */
export const LOG_READER_ROLE = 'onething_log_reader';

/**
 * The address under which services log in, made from the owner's: same server and database, other user.
 * @param password of the login role; absent: the server asks for none (trust, peer or certificate)
 */
export function serviceUrl(ownerUrl: string, password?: string): string {
  const url = new URL(ownerUrl);
  url.username = LOGIN_ROLE;
  url.password = password ?? '';
  return url.href;
}
