import { ACTOR_TOKEN_SECONDS, departments, isRole, portalRoles, type Department } from '@app/access';
import type { Command } from 'commander';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem } from '../installation/running-system.js';
import { wholeNumber } from './up.command.js';

interface TokenFlags {
  readonly role: string;
  readonly department?: string;
  readonly user: number;
}

/** A token of a demo user, to try the API with. */
export function tokenCommand(program: Command): void {
  program
    .command('token')
    .description('演示账号的令牌，用于试接口 · a demo user’s token, to try the API with')
    .requiredOption('--role <role>', portalRoles.join(', '))
    .option('--department <department>', `member-unit 所在部门 · ${Object.keys(departments).join(', ')}`)
    .option('--user <n>', '该岗位的第几位 · which of the users in this role', wholeNumber, 1)
    .action(
      action(async ({ home, output }, flags: TokenFlags) => {
        const actor = actorOf(flags);
        const token = await RunningSystem.find(home).tokenFor(actor);
        output.answer({ token, actor, seconds: ACTOR_TOKEN_SECONDS }, () => token);
      }),
    );
}

function actorOf({ role, department, user }: TokenFlags) {
  const usage = (message: string, known: readonly string[]) =>
    new CliError('no-such-account', message, `可选 · one of: ${known.join(', ')}`, EXIT.usage);
  if (!isRole(role)) throw usage(`没有岗位“${role}”· no such role`, portalRoles);
  if (role === 'member-unit' && !(department && department in departments)) {
    throw usage('member-unit 需要 --department · needs --department', Object.keys(departments));
  }
  try {
    return demoActor(role, role === 'member-unit' ? (department as Department) : null, user);
  } catch {
    throw usage(`示范县没有第 ${user} 位 ${role} · the demo county has no such user`, [
      '--user 1',
      '--user 2',
    ]);
  }
}
