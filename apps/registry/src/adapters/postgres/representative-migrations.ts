import { organisationKinds } from '../../domain/organisation.js';
import { representativeKinds, representedActs } from '@app/contracts';
import type { Migration } from '@app/platform';

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

/** What a guardian or agent may sign, until when, and by what proof. */
export const representativeMigrations: readonly Migration[] = [
  {
    id: 202611301202,
    name: 'say-who-may-sign',
    up: () => `
      alter table guardians
        add kind text not null default 'statutory' check (kind in (${list(representativeKinds)})),
        add acts text[] not null default '{all}' check (acts <@ array[${list(representedActs)}] and cardinality(acts) > 0),
        add until_on date,
        add proof text,
        alter basis drop not null,
        add check ((kind = 'agent') = (basis is null)),
        add check (kind = 'statutory' or proof is not null),
        add check (kind <> 'agent' or until_on is not null),
        add check (until_on >= since);
      alter table guardians alter kind drop default, alter acts drop default;
      comment on table guardians is
        'Who acts for a person: guardians of a minor or of an adult who cannot act alone, and agents by power of attorney.';
      comment on column guardians.acts is 'What they may sign: all, or these kinds of act.';
      comment on column guardians.until_on is
        'Last day; null: until it is ended. Of a minor, a guardian acts until the day before the eighteenth birthday anyway.';
      comment on column guardians.proof is 'Document that shows it, by its name and number in the file.';
      create unique index guardians_once on guardians (person_id, identity_token) where ended_on is null and kind <> 'agent';
      drop index guardians_current;
      alter index guardians_once rename to guardians_current;
      create unique index guardians_agents on guardians (person_id, identity_token, since, until_on, acts)
        where ended_on is null and kind = 'agent';
      create index guardians_token on guardians (identity_token) where ended_on is null;
      create index guardians_until on guardians (until_on) where ended_on is null and until_on is not null;

      alter table persons add representatives_version int not null default 0;
      comment on column persons.representatives_version is
        'Of the list of who may act for the person, as others were told it last; 0: they never were.';`,
    down: () => `
      alter table persons drop representatives_version;
      drop index guardians_until, guardians_token, guardians_agents;
      delete from guardians where kind = 'agent';
      create unique index guardians_once on guardians (person_id, identity_token) where ended_on is null;
      drop index guardians_current;
      alter index guardians_once rename to guardians_current;
      alter table guardians drop kind, drop acts, drop until_on, drop proof, alter basis set not null;`,
  },
  {
    id: 202611302362,
    name: 'let-organisations-act',
    up: () => `
      alter table guardians
        add organisation text check (organisation in (${list(Object.keys(organisationKinds))})),
        add officer text,
        add check ((organisation is null) = (officer is null));
      comment on column guardians.organisation is 'That an organisation acts, and of which kind; null: a person.';
      comment on column guardians.officer is 'Who acts for the organisation, by name.';
      comment on column guardians.identity_number is 'Encrypted. Of a person; of an organisation its code (统一社会信用代码).';`,
    down: () => `
      comment on column guardians.identity_number is null;
      delete from contact_preferences where guardian_id in (select guardian_id from guardians where organisation is not null);
      delete from guardians where organisation is not null;
      alter table guardians drop organisation, drop officer;`,
  },
];
