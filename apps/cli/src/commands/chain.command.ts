import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';
import { action } from '../cli.js';
import { CliError, EXIT } from '../cli-error.js';
import { demoActor } from '../demo/accounts.js';
import { RunningSystem, ServiceRefused } from '../installation/running-system.js';
import { describeChain, type SeenPersonChain, type SeenServiceTable } from './chain-view.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A card number is the identity number with category and grade, and more after a replacement. */
const IDENTITY_LENGTH = 18;

/** What happens to one person: the chain and the precise service table. */
export function chainCommand(program: Command): void {
  program
    .command('chain')
    .description('一个人的链和服务表 · a person’s chain and service table')
    .argument(
      '<who>',
      '人员 id、证件 id、残疾人证号或身份证号；“-”从标准输入读 · id or number; "-" reads it from standard input',
    )
    .addHelpText(
      'after',
      [
        '',
        '  号码写在命令里会留在终端历史中，请用“-”：  npx onething chain -',
        '  A number on the command line stays in the shell’s history; with "-" it is read from standard input instead.',
        '  It is sent in the body of a request only, never in an address.',
        '',
      ].join('\n'),
    )
    .action(
      action(async ({ home, output }, who: string) => {
        const system = RunningSystem.find(home);
        const found = await chainOf(system, who === '-' ? await lineOfInput() : who.trim());
        output.answer(found, () => describeChain(found.chain, found.table));
        return EXIT.ok;
      }),
    );
}

export interface FoundChain {
  readonly personId: string;
  readonly chain: SeenPersonChain;
  /** Null: nothing was determined for the person yet. */
  readonly table: SeenServiceTable | null;
}

/** The chain of whom an id or a number names. */
export async function chainOf(system: RunningSystem, who: string): Promise<FoundChain> {
  const personId = await personOf(system, who);
  const [chain, table] = await Promise.all([
    ask<SeenPersonChain>(system, 'lifecycle', 'GET', `/lifecycle/persons/${personId}/chain`),
    ask<SeenServiceTable>(system, 'lifecycle', 'GET', `/lifecycle/persons/${personId}/table`).catch(
      undetermined,
    ),
  ]);
  return { personId, chain, table };
}

/** @throws CliError without the number in it */
async function personOf(system: RunningSystem, who: string): Promise<string> {
  if (UUID.test(who)) return personOfId(system, who.toLowerCase());
  const number = who.replace(/\s/g, '').toUpperCase();
  if (number === '') throw new CliError('no-number', '没有读到号码 · no number was given', null, EXIT.usage);
  if (number.length <= IDENTITY_LENGTH) {
    const body = { identityNumber: number };
    return (await ask<{ personId: string }>(system, 'registry', 'POST', '/registry/persons/find', body))
      .personId;
  }
  const body = { cardNumber: number };
  return (await ask<{ personId: string }>(system, 'certification', 'POST', '/certification/cards/find', body))
    .personId;
}

/** An id is a person's, or a card's. */
async function personOfId(system: RunningSystem, id: string): Promise<string> {
  try {
    return (await ask<{ personId: string }>(system, 'certification', 'GET', `/certification/cards/${id}`))
      .personId;
  } catch (error) {
    if (error instanceof ServiceRefused && error.status === 404) return id;
    throw error;
  }
}

function ask<Answer>(system: RunningSystem, service: string, method: string, path: string, body?: unknown) {
  const actor = demoActor('federation-lead');
  return system.call<Answer>(service, method, path, { actor, ...(body === undefined ? {} : { body }) });
}

/** A person whom nothing was determined for yet has a chain all the same. */
function undetermined(error: unknown): null {
  if (error instanceof ServiceRefused && error.code === 'person-not-determined') return null;
  throw error;
}

async function lineOfInput(): Promise<string> {
  // Not echoed through readline: with a pipe there is no terminal, and at one the person sees what they type.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    for await (const line of lines) return line.trim();
    return '';
  } finally {
    lines.close();
  }
}
