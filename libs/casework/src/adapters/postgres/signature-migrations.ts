import { representativeKinds } from '@app/contracts';
import { protectVia, unprotect, type Migration } from '@app/platform';
import { signedThings } from '../../domain/signature.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** What guardians and agents signed for persons. */
export const signatureMigrations: readonly Migration[] = [
  {
    id: 202611302361,
    name: 'create-case-signatures',
    up: (names) => `
      create table case_signatures (
        case_id uuid not null references cases,
        place int not null,
        what text not null check (what in (${list(signedThings)})),
        signed_on date not null,
        representative_id uuid not null,
        kind text not null check (kind in (${list(representativeKinds)})),
        until_on date,
        taken_by text not null,
        taken_by_role text not null,
        taken_on_behalf_of text,
        taken_at timestamptz not null,
        primary key (case_id, place)
      );
      comment on table case_signatures is
        'Append-only: what a guardian or agent signed in a case for the person, by which entry of registry. What the person signed is not here.';
      comment on column case_signatures.until_on is 'Last day of the authority as it was then; null: until it is ended.';
      grant select, insert on case_signatures to ${names.appRole};
      ${protectVia(names, 'case_signatures', { table: 'cases', column: 'case_id' }, 'select, insert')}`,
    down: ({ providerRole }) => `
      revoke all on case_signatures from ${providerRole};
      ${unprotect('case_signatures')}
      drop table case_signatures;`,
  },
];
