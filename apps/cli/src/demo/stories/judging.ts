import { demoActor } from '../accounts.js';
import { caseOwners } from '../office.js';
import type { Scene } from './scene.js';

interface Delivery {
  readonly service: string;
  readonly lag: number | null;
  readonly unpublished: { readonly count: number } | null;
}

/** Waits until every fact has been published and handled everywhere. */
export async function settled({ system, teller }: Scene): Promise<void> {
  const processes = [
    ...new Map(Object.entries(system.state.services).map(([service, url]) => [url, service])).values(),
  ];
  let quiet = 0;
  await teller.until(
    'all facts are published and handled',
    async () => {
      const answers = await Promise.all(
        processes.map((service) =>
          system.call<Delivery[]>(service, 'GET', '/ops/status', { actor: demoActor('operator') }),
        ),
      );
      const open = answers.flat().some(({ lag, unpublished }) => lag !== 0 || (unpublished?.count ?? 0) > 0);
      // What is handled can cause more: quiet twice in a row is quiet.
      quiet = open ? 0 : quiet + 1;
      return quiet >= 2;
    },
    60,
  );
}

/** Everything that a chain leaves behind for a person, counted in the owners' tables. */
export async function snapshotOf({ sql }: Scene, personId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = async (what: string, query: string) => {
    const row = await sql.one<{ count: number }>(query, [personId]);
    counts[what] = row?.count ?? 0;
  };
  await count('cards', 'select count(*)::int as count from certification.cards where person_id = $1');
  await count('rounds', 'select count(*)::int as count from lifecycle.rounds where person_id = $1');
  await count('benefits', 'select count(*)::int as count from subsidies.benefits where person_id = $1');
  for (const owner of caseOwners) {
    const schema = owner.replace('-', '_');
    await count(
      `cases of ${owner}`,
      `select count(*)::int as count from ${schema}.cases where person_id = $1`,
    );
    await count(
      `facts of ${owner}`,
      `select count(distinct message_id)::int as count from ${schema}.outbox_messages where key = $1::text`,
    );
  }
  await count(
    'facts of lifecycle',
    'select count(distinct message_id)::int as count from lifecycle.outbox_messages where key = $1::text',
  );
  return counts;
}
