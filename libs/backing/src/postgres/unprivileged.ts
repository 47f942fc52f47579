import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NotHere } from '../context.js';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to work as root: then it works as `postgres`, else as `nobody`. Null when we are not root. */
export function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null;
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (!user) {
    throw new NotHere(
      'PostgreSQL does not run as root, and there is no user "postgres" or "nobody"',
      'run as another user, or add one with: useradd --system postgres',
    );
  }
  return user;
}

/** Whether the user can walk down to this directory and read in it. */
export function canReach(user: User, path: string): boolean {
  for (let directory = path; ; directory = dirname(directory)) {
    const { mode, uid, gid } = statSync(directory);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (!((mode >> shift) & 1)) return false;
    if (dirname(directory) === directory) return true;
  }
}

/** Where a directory below a closed home, such as /root, goes instead. */
export function insteadOf(wanted: string): string {
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  return join('/var/tmp', `onething-${hash}`);
}

/** A directory that the user can reach: the wanted one, or what stands in for it. */
export function reachable(user: User | null, wanted: string): string {
  mkdirSync(wanted, { recursive: true });
  if (!user || canReach(user, wanted)) return wanted;
  const instead = insteadOf(wanted);
  mkdirSync(instead, { recursive: true, mode: 0o711 });
  return instead;
}
