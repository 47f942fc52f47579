import { protectVia, unprotect, type Migration } from '@app/platform';

/** Numbers that persons and cards had before: by them they are still found. */
export const numberMigrations: readonly Migration[] = [
  {
    id: 202611301501,
    name: 'create-former-numbers',
    up: (names) => `
      create table former_identity_tokens (
        person_id uuid not null references persons,
        identity_token text not null,
        because text not null check (because in ('changed', 'mistaken', 'merged')),
        until date not null,
        version int not null default 0,
        primary key (person_id, identity_token)
      );
      comment on table former_identity_tokens is
        'Search tokens by which persons were known before, as registry has told: their number was changed, was mistaken (never theirs), or '
        'belonged to a file that was merged into theirs. Read model.';
      create index former_identity_tokens_token on former_identity_tokens (identity_token);
      grant select on former_identity_tokens to ${names.appRole};
      grant insert, update, delete on former_identity_tokens to ${names.workerRole};
      ${protectVia(names, 'former_identity_tokens', { table: 'persons', column: 'person_id' })}

      alter table cards add identity_token text;
      comment on column cards.identity_token is
        'Blind index of the identity number that card_number contains: it differs from the person''s while the card waits for a new number.';
      update cards c set identity_token = p.identity_token from persons p where p.person_id = c.person_id;

      create table former_card_numbers (
        card_id uuid not null references cards,
        card_token text not null,
        card_number text not null,
        until_version int not null,
        primary key (card_id, card_token)
      );
      comment on table former_card_numbers is 'Numbers that a card had before (类别等级变更、补发、身份证号变更): it is still found by them.';
      comment on column former_card_numbers.card_number is 'Encrypted; card_token is its blind index.';
      comment on column former_card_numbers.until_version is 'The version with which the card had another number; see card_events.';
      create index former_card_numbers_token on former_card_numbers (card_token);
      grant select, insert, update on former_card_numbers to ${names.appRole};
      ${protectVia(names, 'former_card_numbers', { table: 'cards', column: 'card_id' })}`,
    down: () => `
      ${['former_card_numbers', 'former_identity_tokens'].map(unprotect).join('')}
      drop table former_card_numbers, former_identity_tokens;
      alter table cards drop identity_token;`,
  },
];
