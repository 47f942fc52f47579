import { departments, roles, type Actor, type Department, type Role } from '@app/access';
import { testActor } from '@app/testing';
import { schemas, startHouse } from '../e2e/house.js';
import { EventPump } from '../access/event-pump.js';
import { routesOf } from '../access/routes.js';
import { arrange } from '../access/stage.js';
import type { FromHouse, FuzzUser, ToHouse } from './world.js';

/** The whole house as a process of its own, with things in it to ask about; its parent sends the requests and reads its log. */
const house = await startHouse('direct');
const stage = await arrange(house);
const pump = new EventPump(
  house.service,
  schemas.map((schema) => schema.replaceAll('_', '-')),
);
// Seldom: the requests are what is measured.
pump.start(500);

const reach = { from: '338801000000', to: '338801999999' } as const;
const ofReach = (wanted: string) =>
  (Object.keys(roles) as Role[]).filter((role) => roles[role].reach === wanted);

/** Everybody of the county in one person, so that requests come past the guards; and each of them alone. */
function actors(): [string, Actor][] {
  const grantsOf = (role: Role, department: Department | null = null) =>
    testActor(role, { department, ...reach }).grants;
  const place = ofReach('place').filter((role) => role !== 'member-unit');
  const units = (Object.keys(departments) as Department[]).flatMap((department) =>
    grantsOf('member-unit', department),
  );
  const placed = ofReach('placement').flatMap((role) => grantsOf(role));
  return [
    ['everybody', { id: 'fuzz:everybody', grants: [...place.flatMap((role) => grantsOf(role)), ...units] }],
    // A second one, since who did a step may not decide.
    [
      'everybody-2',
      { id: 'fuzz:everybody-2', grants: [...place.flatMap((role) => grantsOf(role)), ...units] },
    ],
    ['every-unit', { id: 'fuzz:every-unit', grants: placed }],
    ['operator', testActor('operator', reach)],
    ...[...ofReach('place'), ...ofReach('placement'), ...ofReach('installation')].map(
      (role): [string, Actor] => [
        role,
        { id: `fuzz:${role}`, grants: grantsOf(role, role === 'member-unit' ? 'civil-affairs' : null) },
      ],
    ),
  ];
}

async function users(): Promise<FuzzUser[]> {
  const good = await Promise.all(
    actors().map(async ([name, actor]) => ({ name, token: await house.service.signer.sign(actor) })),
  );
  const ended = await house.service.signer.sign(testActor('card-officer'), -1);
  return [...good, { name: 'ended', token: ended }];
}

const tell = (message: FromHouse) => void process.send!(message);

process.on('message', (message: ToHouse) => {
  if (message.kind === 'renew') void users().then((list) => tell({ kind: 'users', users: list }));
  else {
    void pump
      .stop()
      .then(() => house.stop())
      .then(() => process.exit(0));
  }
});
// Nobody is there any more who would stop it.
process.on('disconnect', () => process.exit(0));

tell({
  kind: 'ready',
  world: { url: house.service.url, routes: routesOf(house.service), stage, users: await users() },
});
